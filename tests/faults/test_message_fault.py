"""How message faults select."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.exceptions import LabError
from labkit.faults import (
    Corrupt,
    CutBeforeAck,
    Delay,
    Drop,
    Duplicate,
    Reorder,
    SwallowPongs,
)
from labkit.faults.message_fault import TOO_LARGE, MessageFault
from labkit.protocols.frame_splitter import MAX_UNIT
from labkit.protocols.units import Agreed
from tests.support.message_line import ENGINE, PLAIN, MessageLine, all_counts
from tests.support.pieces import FRAMES, cut, small_units
from tests.support.raw import BINARY, CLOSE, PING, PONG, TEXT, frame

RAW = [frame(PING, b"i"), frame(BINARY, b"b"), frame(PONG, b"o"), frame(CLOSE, b""), "t"]
PACKETS = [
    "0{}",
    "2",
    "3",
    "40",
    '42["a"]',
    '42["b"]',
    "430[]",
    "41",
    "6",
    '451-["c"]',
    frame(BINARY, b"c"),
]
TAKEOVER = Agreed(False, 15, takeover=True)


@pytest.mark.parametrize(
    ("selection", "agreed", "sent", "lost"),
    [
        ({}, PLAIN, RAW, ["b", "t"]),
        ({"kind": "text"}, PLAIN, RAW, ["t"]),
        ({"kind": "binary"}, PLAIN, RAW, ["b"]),
        ({"kind": "ping"}, PLAIN, RAW, ["i"]),
        ({"kind": "pong"}, PLAIN, RAW, ["o"]),
        ({"kind": "close"}, PLAIN, RAW, ["close"]),
        ({"text": "o"}, PLAIN, RAW, []),
        ({"kind": "pong", "text": "o"}, PLAIN, RAW, ["o"]),
        ({}, ENGINE, PACKETS, ['42["a"]', '42["b"]', "430[]", '451-["c"]']),
        ({"kind": "event"}, ENGINE, PACKETS, ['42["a"]', '42["b"]', '451-["c"]']),
        ({"kind": "binary event"}, ENGINE, PACKETS, ['451-["c"]']),
        ({"kind": "ack"}, ENGINE, PACKETS, ["430[]"]),
        ({"kind": "ping"}, ENGINE, PACKETS, ["2"]),
        ({"kind": "connect"}, ENGINE, PACKETS, ["40"]),
        ({"event": "b"}, ENGINE, PACKETS, ['42["b"]']),
        ({"event": "c"}, ENGINE, PACKETS, ['451-["c"]']),
        ({"event": "a", "text": "b"}, ENGINE, PACKETS, []),
        ({"text": "]"}, ENGINE, PACKETS, ['42["a"]', '42["b"]', "430[]", '451-["c"]']),
        ({"nth": 2}, ENGINE, PACKETS, ['42["b"]']),
        ({"every": 2}, ENGINE, PACKETS, ['42["b"]', '451-["c"]']),
        ({"event": "b", "nth": 2}, ENGINE, PACKETS, []),
        ({"probability": 0}, PLAIN, RAW, []),
    ],
    ids=count(),
)
def test_selection(
    selection: dict[str, object], agreed: Agreed, sent: list[str], lost: list[str]
) -> None:
    """All that is given must match; without arguments, what an application sent is selected."""
    line, whole = MessageLine(Drop(**selection), agreed), MessageLine(Drop(nth=99), agreed)  # type: ignore[arg-type]
    for each in (line, whole):
        each.send(*sent)
    assert [each for each in whole.heard() if each not in line.heard()] == lost
    assert line.notes == []


def test_numbers_belong_to_the_link() -> None:
    """All connections are counted together, each direction by itself."""
    counts, fault = all_counts(), Drop(nth=2)
    first, second = MessageLine(fault, counts=counts), MessageLine(fault, counts=counts)
    first.send("a")
    first.send("x", to="downstream")
    second.send("b", "c")
    second.send("y", to="downstream")
    assert first.heard() + second.heard() == ["a", "c"]
    assert first.heard("downstream") + second.heard("downstream") == ["x"]
    assert [counts[each].acted for each in counts] == [1, 1]


def test_the_first_ones() -> None:
    """`first` counts messages on which the fault acted."""
    line = MessageLine(Drop(every=2), first=2)
    line.send(*"abcdefgh")
    assert line.heard() == list("acefgh")


def test_probabilities_multiply() -> None:
    """That of the fault, and that of `link.add`."""
    line = MessageLine(Drop(probability=0.5), probability=0.5)
    line.send(*["x"] * 1000)
    assert 200 < 1000 - len(line.heard()) < 300


@settings(max_examples=30)
@given(st.integers(), st.lists(st.sampled_from("abc")), st.integers(0, 50))
def test_the_same_messages_have_the_same_fates(seed: int, sent: list[str], other: int) -> None:
    """By a seed, whatever crosses in the other direction or on other connections."""
    fault, counts = Drop(probability=0.5), all_counts()
    alone = MessageLine(fault, seed=seed)
    alone.send(*sent)
    first, second = (MessageLine(fault, seed=each, counts=counts) for each in (seed, seed + 1))
    for number, each in enumerate(sent):
        second.send(*["z"] * (other % (number + 2)))
        first.send("y", to="downstream")
        first.send(each)
    assert first.heard() == alone.heard()


FAULTS: list[MessageFault] = [
    *(kind(every=2) for kind in (Corrupt, CutBeforeAck, Drop, Duplicate, Reorder)),
    Delay(0.1, probability=0.5),
    SwallowPongs(),
]


@small_units()
@pytest.mark.parametrize("fault", FAULTS, ids=repr)
@pytest.mark.parametrize("agreed", [PLAIN, ENGINE])
@settings(max_examples=20)
@given(st.lists(FRAMES, max_size=9), st.lists(st.integers(0), max_size=9))
def test_any_split_gives_the_same_fates(
    fault: MessageFault, agreed: Agreed, frames: list[bytes], cuts: list[int]
) -> None:
    """Chunks change nothing of what the faults do."""
    at_once, in_parts = MessageLine(fault, agreed), MessageLine(fault, agreed)
    for to in ("upstream", "downstream"):
        at_once.send(b"".join(frames), to=to)  # type: ignore[arg-type]
        in_parts.send(*cut(b"".join(frames), cuts), to=to)  # type: ignore[arg-type]
        for line in (at_once, in_parts):
            line.loop.turn_to(9)
            line.stages[to].release()  # type: ignore[index]
        whole = [each for each in at_once.heard(to) if "bytes" not in each]  # type: ignore[arg-type]
        assert [each for each in in_parts.heard(to) if "bytes" not in each] == whole  # type: ignore[arg-type]
        assert at_once.acts == in_parts.acts


@pytest.mark.parametrize(
    ("fault", "agreed", "size", "passes"),
    [
        (Drop(), PLAIN, MAX_UNIT + 1, True),
        (Drop(text="a"), PLAIN, MAX_UNIT + 1, True),
        (Delay(1), ENGINE, MAX_UNIT + 1, True),
        (Drop(event="a"), ENGINE, MAX_UNIT + 1, True),
        (Drop(), PLAIN, MAX_UNIT - 14, False),
        (Drop(kind="text"), PLAIN, MAX_UNIT + 1, None),
        (Drop(nth=2), PLAIN, MAX_UNIT + 1, None),
    ],
    ids=repr,
)
def test_large_messages(
    fault: MessageFault, agreed: Agreed, size: int, passes: bool | None
) -> None:
    """Above a mebibyte they pass; a fact says so if the fault would act, or cannot know."""
    line = MessageLine(fault, agreed)
    line.send(frame(BINARY, bytes(size)), frame(PING, b"?"))
    assert len(line.heard()) == (1 if passes is False else 2)
    assert line.notes == ([TOO_LARGE] if passes else [])


def test_large_messages_are_counted() -> None:
    """By what their header says."""
    line = MessageLine(Drop(nth=2))
    line.send(frame(TEXT, bytes(MAX_UNIT + 1)), "two", "three")
    assert line.heard()[1:] == ["three"]


COMPRESSED, UNREADABLE = "so all that follow would be read wrongly", "so none can be read without"


@pytest.mark.parametrize(
    ("fault", "agreed", "obstacle"),
    [
        *((fault, Agreed(False, 15, takeover=False), "") for fault in FAULTS),
        *((fault(), TAKEOVER, COMPRESSED) for fault in (Corrupt, Drop, Duplicate, Reorder)),
        (Delay(1), TAKEOVER, ""),
        (CutBeforeAck(nth=3), TAKEOVER, ""),
        (SwallowPongs(), TAKEOVER, ""),
        (SwallowPongs(), Agreed(True, 15, takeover=True), COMPRESSED),
        (Drop(kind="ping"), TAKEOVER, ""),
        (Drop(kind="ping"), Agreed(True, 15, takeover=True), COMPRESSED),
        (Drop(kind="text"), TAKEOVER, COMPRESSED),
        (Delay(1, text="a"), TAKEOVER, UNREADABLE),
        (CutBeforeAck(event="a"), Agreed(True, 15, takeover=True), UNREADABLE),
        (Drop(kind="event"), PLAIN, "no message of a raw WebSocket is of kind 'event'"),
        (Drop(kind="text"), ENGINE, "no message of Socket.IO is of kind 'text'"),
        (Drop(event="a"), PLAIN, "there are no events on a raw WebSocket"),
    ],
    ids=repr,
)
def test_obstacles(fault: MessageFault, agreed: Agreed, obstacle: str) -> None:
    """A fault says why it cannot act on a connection, and then does not act on one to come."""
    found = fault.find_obstacle(agreed)
    assert (obstacle in found) and bool(obstacle) == bool(found)
    line = MessageLine(fault, agreed)
    line.send("a", "b")
    assert line.notes == ([f"fault does not act: {fault!r}: {found}"] if found else [])
    if found:
        assert line.timed() == [(0, "text"), (0, "text")] or line.timed() == [(0, "a"), (0, "b")]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"kind": "txt"}, "kind must be one of text, binary, ping, .*, not 'txt'"),
        ({"text": ""}, "text must be a text that is not empty, not ''"),
        ({"text": 7}, "text must be a text that is not empty, not 7"),
        ({"event": ""}, "event must be a text that is not empty, not ''"),
        ({"event": "a", "kind": "ack"}, "event='a' selects events, .* 'ack': leave kind out"),
        ({"nth": 0}, "nth must be a whole number from 1 "),
        ({"every": 1.5}, "every must be a whole number from 1 "),
        ({"nth": 1, "every": 2}, "give one of the two"),
        ({"probability": 2}, "probability must be a number from 0 to 1, not 2"),
        ({"seed": 1.5}, "seed must be a whole number or a text, not 1.5"),
    ],
    ids=str,
)
def test_bad_values(values: dict[str, object], sentence: str) -> None:
    """One sentence each."""
    with pytest.raises(LabError, match=sentence):
        Drop(**values)  # type: ignore[arg-type]
