"""What all faults have in common."""

from __future__ import annotations

import dataclasses
import math
import re
import sys
import textwrap
from types import ModuleType
from typing import Any

import pytest

import labkit.faults
from labkit.exceptions import LabError
from labkit.faults import (
    Bandwidth,
    BlackHole,
    BufferResponses,
    Corrupt,
    CutBeforeAck,
    Delay,
    Down,
    Drop,
    DropUpgrade,
    Duplicate,
    Fault,
    IdleForget,
    IdleKill,
    Latency,
    LimitConnections,
    LimitData,
    LimitLife,
    NoOp,
    RefuseUpgrade,
    Reorder,
    RequireProxy,
    Reset,
    RotateConnections,
    Slicer,
    SlowClose,
    StripUpgrade,
    SwallowFrames,
    SwallowPongs,
)
from labkit.faults.fault import (
    MAX_NUMBER,
    ByteFault,
    Live,
    check_number,
    check_whole,
    make_close,
)
from labkit.protocols.http_parts import HttpPart
from labkit.protocols.stream import FIN, RST
from labkit.protocols.units import Agreed, Unit
from tests.conftest import ROOT
from tests.support.turned_clock import Line

TWO = ("ws://127.0.0.1:1/", "ws://127.0.0.1:2/")

EXAMPLES: list[tuple[Fault, str]] = [
    (Bandwidth(1000), "Bandwidth(1000)"),
    (BlackHole(), "BlackHole()"),
    (BlackHole(2), "BlackHole(2)"),
    (Down(), "Down()"),
    (Corrupt(), "Corrupt()"),
    (Corrupt("utf-8", nth=3), "Corrupt('utf-8', nth=3)"),
    (CutBeforeAck(event="order"), "CutBeforeAck(event='order')"),
    (Delay(0.3), "Delay(0.3)"),
    (Delay(0.3, text="a"), "Delay(0.3, text='a')"),
    (Drop(), "Drop()"),
    (Drop(kind="text", every=2), "Drop(kind='text', every=2)"),
    (Duplicate(probability=0.5, seed=1), "Duplicate(probability=0.5, seed=1)"),
    (Reorder(nth=1), "Reorder(nth=1)"),
    (SwallowPongs(), "SwallowPongs()"),
    (Latency(0.3), "Latency(0.3)"),
    (Latency(0.3, jitter=0.1), "Latency(0.3, jitter=0.1)"),
    (LimitData(50), "LimitData(50)"),
    (NoOp(), "NoOp()"),
    (Reset(), "Reset()"),
    (Reset(after=2), "Reset(2)"),
    (Slicer(3), "Slicer(3)"),
    (Slicer(3, variation=1, delay=0.1), "Slicer(3, variation=1, delay=0.1)"),
    (SlowClose(1), "SlowClose(1)"),
    (BufferResponses(), "BufferResponses()"),
    (BufferResponses(4096, headers_pass=True), "BufferResponses(4096, headers_pass=True)"),
    (DropUpgrade(), "DropUpgrade()"),
    (IdleForget(3), "IdleForget(3)"),
    (IdleKill(3), "IdleKill(3)"),
    (LimitConnections(1), "LimitConnections(1)"),
    (LimitLife(4), "LimitLife(4)"),
    (RefuseUpgrade(), "RefuseUpgrade()"),
    (RefuseUpgrade(502), "RefuseUpgrade(502)"),
    (RequireProxy(), "RequireProxy()"),
    (RotateConnections(TWO), f"RotateConnections({TWO!r})"),
    (StripUpgrade(), "StripUpgrade()"),
    (SwallowFrames(), "SwallowFrames()"),
]


@pytest.mark.parametrize(("fault", "shown"), EXAMPLES, ids=[shown for _, shown in EXAMPLES])
def test_a_fault_is_plain_values(fault: Fault, shown: str) -> None:
    """It is shown as the call that makes an equal one, cannot be changed, and can be a key."""
    assert repr(fault) == shown
    assert eval(shown, vars(labkit.faults)) == fault
    assert fault in {fault}
    with pytest.raises(dataclasses.FrozenInstanceError):
        fault.anything = 1  # type: ignore[attr-defined]


WORDS = [
    (Bandwidth(1000), "bandwidth: 1,000 bytes a second"),
    (BlackHole(), "black hole: nothing passes, and nobody is told"),
    (BlackHole(2), "black hole: nothing passes, and nobody is told; cut after 2 s"),
    (Corrupt(), "corrupt: changes a letter of messages"),
    (Corrupt("utf-8", kind="text"), "corrupt: changes the UTF-8 of text messages"),
    (CutBeforeAck(), "cut before ack: cuts the connection before the answer to messages"),
    (Delay(0.3, event="order"), "delay: 0.3 s later: events 'order'"),
    (Down(), "plug pulled: every connection is cut, and nobody gets through"),
    (Drop(text="a", nth=3), "drop: loses number 3 of the messages that hold 'a'"),
    (Drop(probability=0.5), "drop: loses messages, with probability 0.5"),
    (Duplicate(every=2), "duplicate: sends twice one of 2 messages"),
    (Reorder(kind="text"), "reorder: lets the next one pass text messages"),
    (SwallowPongs(), "swallow pongs: loses the answers to heartbeats"),
    (Latency(0.3), "latency: 0.3 s later"),
    (Latency(0.3, jitter=0.1), "latency: 0.3 s ± 0.1 s later"),
    (LimitData(50), "limit data: closed after 50 bytes"),
    (NoOp(), "no op: changes nothing"),
    (Reset(), "reset: reset at the next bytes"),
    (Reset(2), "reset: reset 2 s after the next bytes"),
    (Slicer(3), "slicer: in pieces of 3 bytes"),
    (Slicer(3, variation=1, delay=0.1), "slicer: in pieces of 2 to 4 bytes, 0.1 s apart"),
    (SlowClose(1), "slow close: the end 1 s later"),
    (BufferResponses(), "buffer responses: keeps responses until they are complete"),
    (
        BufferResponses(4096, headers_pass=True),
        "buffer responses: keeps responses until they are of 4,096 bytes, headers pass",
    ),
    (DropUpgrade(), "drop upgrade: loses requests to upgrade, and nobody is told"),
    (IdleForget(3), "idle forget: forgotten after 3 s of silence, and nobody is told"),
    (IdleKill(3), "idle kill: cut after 3 s of silence"),
    (LimitConnections(1), "limit connections: 1 connection at a time, the others wait"),
    (LimitConnections(2), "limit connections: 2 connections at a time, the others wait"),
    (LimitLife(4), "limit life: cut after 4 s, however busy"),
    (RefuseUpgrade(), "refuse upgrade: answers 403 Forbidden to requests to upgrade"),
    (RefuseUpgrade(599), "refuse upgrade: answers 599 to requests to upgrade"),
    (RequireProxy(), "require proxy: answers 403 Forbidden to requests without CONNECT"),
    (RotateConnections(TWO), "rotate connections: each connection to the next of 2 servers"),
    (StripUpgrade(), "strip upgrade: removes Upgrade from requests"),
    (SwallowFrames(), "swallow frames: loses every frame of a WebSocket"),
]


@pytest.mark.parametrize(("fault", "said"), WORDS, ids=[said for _, said in WORDS])
def test_a_fault_in_words(fault: Fault, said: str) -> None:
    """The field's word for it, and what it does with its numbers."""
    assert f"{fault.word}: {fault.effect}" == said
    assert fault.summary == (fault.word if repr(fault).endswith("()") else said)


@dataclasses.dataclass(frozen=True, repr=False)
class NewFault(Fault):
    """A fault that says nothing of itself."""

    on: float
    off: float = 2


def test_a_fault_without_words_of_its_own() -> None:
    """It is called as its class, and names its values."""
    assert (NewFault(1).word, NewFault(1).effect) == ("new fault", "on 1, off 2")


@pytest.mark.parametrize(
    ("fault", "seconds", "said"),
    [
        (BlackHole(), math.inf, "until it is removed"),
        (Latency(1), 0.26, "up to 0.3 s"),
        (Latency(1), 0.01, "up to 0.1 s"),
        (Bandwidth(1000), 65.5, "66 s at this rate"),
        (Bandwidth(1000), 0.512, "0.5 s at this rate"),
    ],
)
def test_how_long_what_is_held_will_wait(fault: Fault, seconds: float, said: str) -> None:
    """Until the fault goes, or some seconds, which on a narrow line come from its rate."""
    assert fault.describe_wait(seconds) == said


def test_every_fault_is_offered_and_in_the_examples() -> None:
    """`labkit.faults` lists them all, and each has an example above."""
    offered = {getattr(labkit.faults, name) for name in labkit.faults.__all__}
    offered -= {Fault, labkit.faults.Schedule, labkit.faults.Step, labkit.faults.AtMessage}
    assert {type(fault) for fault, _ in EXAMPLES} == offered


BYTE_FAULTS = [fault for fault, _ in EXAMPLES if isinstance(fault, ByteFault)]


@pytest.mark.parametrize("fault", BYTE_FAULTS, ids=repr)
def test_what_was_sent_passes_in_order_once_it_is_removed(fault: ByteFault) -> None:
    """Nothing overtakes, nothing comes twice, and only LimitData loses what is behind its limit."""
    line = Line(fault)
    sent = bytes(range(250))
    for at in range(0, 250, 10):
        line.send(sent[at : at + 10], at=at / 1000)
    line.send(FIN)
    line.stage.release()
    kept = sent[:50] if isinstance(fault, LimitData) else sent
    assert line.bytes == kept
    assert line.stage.held == 0 and not line.loop.timers
    ends = [item for _, item in line.passed if not isinstance(item, bytes)]
    assert ends == ([make_close(fault), FIN] if isinstance(fault, LimitData) else [FIN])
    assert line.passed[-1][1] is FIN


@pytest.mark.parametrize("fault", BYTE_FAULTS, ids=repr)
def test_nothing_is_left_when_the_connection_ends(fault: ByteFault) -> None:
    """What it holds is forgotten, no timer stays, and nothing passes any more."""
    line = Line(fault)
    line.send(b"a" * 40, at=0)
    line.stage.drop()
    passed = list(line.passed)
    assert not line.loop.timers and line.stage.held == 0
    assert line.passed_by(1e6) == passed and line.acts == []


def test_a_live_part_changes_nothing_unless_it_says_otherwise() -> None:
    """Bytes and ends pass at once, and nothing happens by itself."""
    live = Live()
    assert live.begin(1.0) == ()
    assert live.data(b"a", 1.0) == ((1.0, b"a"),)
    unit = Unit(1, (b"\x81\x00",), Agreed())
    assert live.unit(unit, 1.0) == ((1.0, unit),) and not live.passes(unit)
    part = HttpPart(b"a", 1)
    assert live.part(part, 1.0) == ((1.0, part),) and live.wake(1.0) == ()
    assert live.end(RST, 1.0) == ((1.0, RST),)
    assert live.finish(1.0) == () and live.kept == 0


def test_a_byte_fault_needs_a_live_part() -> None:
    """One that says nothing of what it does cannot be made."""
    with pytest.raises(TypeError, match="live"):
        ByteFault()  # type: ignore[abstract]


def test_the_recipe_works_as_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault in CONTRIBUTING.md passes its own test, and is what a fault must be."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    blocks = re.findall(r"^   ```python\n(.*?)^   ```", text, re.M | re.S)
    fault, test = (textwrap.dedent(block) for block in blocks)
    made = ModuleType("labkit.faults.flicker")
    monkeypatch.setitem(sys.modules, made.__name__, made)  # dataclasses look there
    exec(fault, vars(made))
    monkeypatch.setattr(labkit.faults, "Flicker", made.Flicker, raising=False)
    tests: dict[str, Any] = {}
    exec(test, tests)
    checks = [each for name, each in tests.items() if name.startswith("test_")]
    assert len(checks) == 1
    checks[0]()
    assert repr(made.Flicker(1, off=2)) == "Flicker(1, off=2)"
    with pytest.raises(LabError, match="on must be a number above 0"):
        made.Flicker(0, 1)


NO_NUMBERS = [-1, -0.1, math.nan, math.inf, True, "1", None, 1 + 1j, 2 * MAX_NUMBER]


@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
def test_no_number(value: object) -> None:
    """One sentence says what would be one."""
    with pytest.raises(LabError, match=r"^seconds must be a number from 0 to 1e\+12, not .+\.$"):
        check_number("seconds", value)


def test_numbers() -> None:
    """The bounds belong to them, except 0 where something must be above it."""
    check_number("seconds", 0)
    check_number("seconds", MAX_NUMBER)
    check_number("probability", 1, most=1)
    with pytest.raises(LabError, match=r"^rate must be a number above 0, at most 1e\+12, not 0\.$"):
        check_number("rate", 0, above=True)
    with pytest.raises(LabError, match=r"^probability must be a number from 0 to 1, not 2\.$"):
        check_number("probability", 2, most=1)


@pytest.mark.parametrize("value", [*NO_NUMBERS, 1.0, 0], ids=repr)
def test_no_whole_number(value: object) -> None:
    """One sentence says what would be one."""
    with pytest.raises(LabError, match=r"^size must be a whole number from 1 to 1e\+12, not .+\.$"):
        check_whole("size", value, least=1)
