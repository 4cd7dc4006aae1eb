"""Fault switches, without a browser."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from labkit.clock import clock
from labkit.faults import (
    Bandwidth,
    BlackHole,
    BufferResponses,
    Down,
    IdleKill,
    Latency,
    LimitConnections,
    RefuseUpgrade,
)
from labkit.links import FaultList
from labkit.transports.contract import Client, Server
from labkit.views.faults.fault_switches import FaultSwitches
from tests.conftest import soon


@pytest.fixture
async def server(lab: ModuleType) -> Server:
    """Serve the finished chat."""
    server: Server = await lab.serve("websocket", name="chat")
    return server


@pytest.fixture
async def alice(lab: ModuleType, server: Server) -> Client:
    """Connect alice."""
    alice: Client = await lab.connect(server, "alice")
    await alice.hears("Welcome")
    return alice


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Collect what switches tell their front ends."""
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "labkit.views.faults.fault_switches._Widget.send",
        lambda self, content, buffers=None: told.append(content),
    )
    return told


SECONDS = {"fault": 2, "name": "seconds", "number": "0.3"}
CHANGED = "link.faults[1].change(Latency(0.3))"


class Hand:
    """A person at the switches."""

    def __init__(self, faults: FaultList, answers: list[dict[str, Any]]) -> None:
        self.view = FaultSwitches(faults)
        self._answers = answers

    async def ask(self, kind: str, **fields: Any) -> str:
        """Ask for an action, wait for its answer, and return the reason of a refusal."""
        before = len(self._answers)
        self.view.receive({"kind": kind, "id": before + 1, **fields})
        await soon(lambda: len(self._answers) > before)
        return str(self._answers[-1]["why"])

    @property
    def state(self) -> dict[str, Any]:
        """What the page shows."""
        state: dict[str, Any] = self.view.widget.state
        return state

    @property
    def facts(self) -> str:
        """What the page says of the first fault."""
        return ", ".join(self.state["faults"][0]["facts"])

    @property
    def acting(self) -> list[str]:
        """The words for those that are on, as the page shows them."""
        return [each["word"] for each in self.state["faults"] if each["isOn"]]


async def test_each_click_has_its_code(alice: Client, answers: list[Any]) -> None:
    """On a link: what is clicked acts when the answer comes, and the code is named."""
    hand = Hand(alice.link.faults, answers)
    assert (hand.state["name"], hand.state["isForAll"], hand.state["code"]) == ("alice", False, "")
    for action, fields, code, acting in [
        ("black_hole", {}, "link.add(BlackHole())", ["black hole"]),
        ("slow", {"seconds": "0.3"}, "link.add(Latency(0.3))", ["black hole", "latency"]),
        ("slow", {"seconds": "0.3"}, CHANGED, ["black hole", "latency"]),  # a double click
        ("slow", {"seconds": "2"}, "link.faults[1].change(Latency(2))", ["black hole", "latency"]),
        ("change", SECONDS, CHANGED, ["black hole", "latency"]),
        ("switch", {"fault": 1, "on": False}, "link.faults[0].remove()", ["latency"]),
        ("switch", {"fault": 1, "on": True}, "link.add(BlackHole())", ["black hole", "latency"]),
        ("plug", {"in_place": False}, "link.cut()", ["black hole", "latency", "plug pulled"]),
        ("plug", {"in_place": True}, "link.restore()", ["black hole", "latency"]),
        ("heal", {}, "link.heal()", []),
        ("plug", {"in_place": True}, "link.restore()", []),  # which changes nothing
        ("slow", {"seconds": "2"}, "link.add(Latency(2))", ["latency"]),
        ("heal_later", {"seconds": "30"}, "link.heal(after=30)", ["latency"]),
    ]:
        assert await hand.ask(action, **fields) == ""
        assert (hand.state["code"], hand.acting) == (code, acting)
        assert len(alice.link.faults) == len(acting)
    assert hand.state["healsIn"] == 30
    hand.view.close()


async def test_for_everybody(
    lab: ModuleType,
    server: Server,
    alice: Client,
    answers: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Everybody's plug is pulled, the countdown is in each box, and all get through again."""
    bob = await lab.connect(server, "bob")
    hand = Hand(server.faults, answers)
    boxes = [view.widget for view in lab.show(alice, bob).views]
    assert (hand.state["name"], hand.state["isForAll"]) == ("chat", True)
    await hand.ask("plug", in_place=False)
    assert hand.state["isDown"] and hand.state["code"] == "server.faults.add(Down())"
    assert await alice.ends() == await bob.ends() == 1006
    await soon(lambda: all(box.state["link"] == "cut" for box in boxes))
    assert [box.state["faults"] for box in boxes] == [[], []]
    monkeypatch.setattr(clock, "_scale", 0.2)
    await hand.ask("heal_later", seconds="5")
    assert hand.state["healsIn"] in (4, 5) and f"heals in {hand.state['healsIn']} s" in hand.facts
    counted = [[{"summary": "plug pulled", "healsIn": left}] for left in (1, 2, 3, 4)]
    await soon(lambda: all(box.state["faults"] in counted for box in boxes))
    await soon(lambda: all(box.state["link"] == "whole" for box in boxes))
    await soon(lambda: not hand.state["isDown"])
    assert hand.state["healsIn"] is None and hand.acting == []
    hand.view.close()


async def test_what_cannot_be_is_refused(alice: Client, answers: list[Any]) -> None:
    """In the words of the code's errors; nothing changes."""
    hand = Hand(alice.link.faults, answers)
    assert "nothing to heal later" in await hand.ask("heal_later", seconds="5")
    await hand.ask("black_hole")
    for action, fields, why in [
        ("black_hole", {}, "<BlackHole()> acts there already"),
        ("slow", {"seconds": "-1"}, "seconds must be a number from 0 to 1e+12, not -1."),
        ("slow", {"seconds": ""}, "seconds must be a number from 0 to 1e+12, not ''."),
        ("slow", {"seconds": "nan"}, "not nan."),
        ("heal_later", {"seconds": "soon"}, "after must be a number from 0 to 1e+12, not 'soon'."),
        ("switch", {"fault": 9, "on": True}, "acted too long ago"),
        ("slow", {"seconds": 1}, "The field seconds is of the wrong type."),
    ]:
        assert why in await hand.ask(action, **fields)
        assert answers[-1]["kind"] == "refused"
        assert hand.acting == ["black hole"] and hand.state["healsIn"] is None
    alice.link.heal()
    hand.view.close()


async def test_a_double_click_acts_once(alice: Client, answers: list[Any]) -> None:
    """The second one finds things as they should be, and is no error."""
    hand = Hand(alice.link.faults, answers)
    for in_place, count in ((False, 1), (False, 1), (True, 0), (True, 0)):
        assert await hand.ask("plug", in_place=in_place) == ""
        assert len(alice.link.faults) == count
    for on in (True, True, False, False):
        assert await hand.ask("switch", fault=1, on=on) == ""
        assert alice.link.faults.is_down is on
    hand.view.close()


async def test_what_is_held_is_shown_as_it_changes(alice: Client, answers: list[Any]) -> None:
    """Faults of the code appear; what they hold is followed, though nobody notifies it."""
    hand = Hand(alice.link.faults, answers)
    handle = alice.link.add(BlackHole(), "upstream")
    await soon(lambda: hand.acting == ["black hole"])
    assert "held" not in hand.facts
    await alice.say("hello")
    await soon(lambda: "held: 11 bytes, until" in hand.facts)
    await alice.say("again")
    await soon(lambda: "held: 22 bytes, until" in hand.facts)
    handle.remove()
    await soon(lambda: hand.acting == [])
    hand.view.close()


async def test_slow_changes_what_it_has_added(alice: Client, answers: list[Any]) -> None:
    """And keeps its jitter; a latency in one direction, or by chance, is another matter."""
    hand = Hand(alice.link.faults, answers)
    alice.link.add(Latency(1), "upstream")
    alice.link.add(Latency(2), probability=0.5)
    for seconds in ("3", "4"):
        await hand.ask("slow", seconds=seconds)
    alice.link.faults[2].change(Latency(4, jitter=0.1))
    await hand.ask("slow", seconds="5")
    words = ["Latency(1) upstream", "Latency(2) with probability 0.5", "Latency(5, jitter=0.1)"]
    assert list(map(str, alice.link.faults)) == words
    alice.link.heal()
    hand.view.close()


async def test_a_number_is_changed_while_its_fault_acts(alice: Client, answers: list[Any]) -> None:
    """The snapshot has the numbers; nonsense is refused in the words of the code's errors."""
    hand = Hand(alice.link.faults, answers)
    handle = alice.link.add(Latency(60, jitter=0.5))
    await soon(lambda: hand.acting == ["latency"])
    numbers = hand.state["faults"][0]["numbers"]
    assert numbers == [{"name": "seconds", "number": 60}, {"name": "jitter", "number": 0.5}]
    for name, number, why in [
        ("seconds", "-1", "seconds must be a number from 0 to 1e+12, not -1."),
        ("jitter", "", "jitter must be a number from 0 to 1e+12, not ''."),
        ("hold_limit", "1", "The value hold_limit of this fault cannot be changed here."),
    ]:
        assert why in await hand.ask("change", fault=1, name=name, number=number)
    await alice.say("hello")
    await soon(lambda: handle.held > 0)
    assert await hand.ask("change", fault=1, name="jitter", number="0") == ""
    assert await hand.ask("change", fault=1, name="seconds", number="0.01") == ""
    await soon(lambda: handle.held == 0)
    assert handle.fault == Latency(0.01) and list(alice.link.faults) == [handle]
    handle.remove()
    assert "cannot be changed" in await hand.ask("change", fault=1, name="seconds", number="1")
    await soon(lambda: hand.state["faults"][0]["numbers"] == [])
    hand.view.close()


async def test_a_middlebox_is_a_switch_too(alice: Client, answers: list[Any]) -> None:
    """Its numbers are changed in it, and it goes off and on, also one that acts on a whole link."""
    hand = Hand(alice.link.faults, answers)
    for fault, name, number, changed in [
        (RefuseUpgrade(), "status", "502", RefuseUpgrade(502)),
        (LimitConnections(1), "count", "2", LimitConnections(2)),
        (IdleKill(60), "seconds", "50.5", IdleKill(50.5)),
        (BufferResponses(4096), "bytes", "100", BufferResponses(100)),
    ]:
        handle = alice.link.add(fault)
        await soon(lambda fault=fault: hand.acting[-1:] == [fault.word])
        shown = hand.state["faults"][-1]
        assert [each["name"] for each in shown["numbers"]] == [name]
        assert await hand.ask("change", fault=shown["number"], name=name, number=number) == ""
        assert handle.fault == changed
        assert await hand.ask("switch", fault=shown["number"], on=False) == ""
        assert await hand.ask("switch", fault=shown["number"], on=True) == ""
        assert alice.link.faults[-1].fault == handle.fault
    hand.view.close()


async def test_a_fault_of_all_on_one_link(
    server: Server, alice: Client, answers: list[Any]
) -> None:
    """Switched off at the link it goes on acting elsewhere, and comes back as the link's own."""
    handle = server.faults.add(Bandwidth(10**6))
    hand = Hand(alice.link.faults, answers)
    assert "on all links of chat" in hand.facts
    rate = {"fault": 1, "name": "bytes_per_second", "number": "1"}
    assert "cannot be changed" in await hand.ask("change", **rate)
    await hand.ask("switch", fault=1, on=False)
    assert hand.state["code"] == "link.faults.discard(link.faults[0])"
    assert not alice.link.faults and list(server.faults) == [handle]
    await hand.ask("switch", fault=1, on=True)
    (own,) = alice.link.faults
    assert own is not handle and "all links" not in hand.facts
    hand.view.close()


async def test_the_twins(server: Server, alice: Client) -> None:
    """They say what acts and where, the same in each run: not what is held, nor how long."""
    view, everybody = FaultSwitches(alice.link.faults), FaultSwitches(server.faults)
    assert view.line == "faults on link alice: none"
    assert (view.heading, view.body) == ("faults on link alice ● none acts", "")
    alice.link.add(Latency(0.3))
    slow = server.faults.add(BlackHole(), "upstream")
    server.faults.heal(after=60)
    assert view.line == "faults on link alice: Latency(0.3), BlackHole() upstream"
    assert everybody.line == "faults on all links of chat: BlackHole() upstream"
    assert view.heading == "faults on link alice ▲ 2 act"
    assert everybody.heading == "faults on all links of chat ▲ 1 acts"
    assert view.body == (
        "● <b>latency</b>: 0.3 s later, both directions<br>\n"
        "● <b>black hole</b>: nothing passes, and nobody is told, upstream (client to server)"
    )
    slow.remove()
    alice.link.heal()
    assert view.body.endswith(
        "\n○ <i>(off)</i> <b>black hole</b>: nothing passes, and nobody is "
        "told, upstream (client to server)"
    )
    view.close()
    everybody.close()


async def test_a_link_that_was_closed(alice: Client, answers: list[Any]) -> None:
    """The switches say so, and refuse in the words of the code's error."""
    hand = Hand(alice.link.faults, answers)
    alice.link.add(Down())
    await alice.link.close()
    await soon(lambda: hand.state["isOver"])
    assert hand.acting == []
    assert "The link 'alice' is closed" in await hand.ask("black_hole")
    hand.view.close()


async def test_switches_that_were_left_behind(alice: Client, answers: list[Any]) -> None:
    """They change nothing, and say what to do."""
    hand = Hand(alice.link.faults, answers)
    hand.view.close()
    assert await hand.ask("black_hole") == (
        "These switches no longer follow link alice: run their cell again for live ones."
    )
    assert not hand.state["following"] and not alice.link.faults
