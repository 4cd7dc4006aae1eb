"""The rows of fault switches."""

from __future__ import annotations

import pytest

from labkit.exceptions import LabError
from labkit.faults import (
    Bandwidth,
    BlackHole,
    Delay,
    Down,
    Drop,
    IdleKill,
    Latency,
    LimitConnections,
    NoOp,
    RefuseUpgrade,
)
from labkit.links import FaultGroup
from labkit.views.faults.fault_rows import MAX_OFF, FaultRows
from tests.conftest import soon
from tests.support.ends import Ends, open_ends
from tests.support.handshakes import shake_hands
from tests.support.raw import TEXT, frame


def shown(rows: FaultRows) -> list[tuple[int, str, bool]]:
    """Return number, fault and state of each row, as it is now."""
    rows.follow()
    return [(row.number, repr(row.handle.fault), row.is_on) for row in rows]


def test_a_fault_goes_and_comes_back_in_its_row() -> None:
    """An equal one gets the row of the one that went; another direction is another row."""
    faults = FaultGroup("chat")
    rows = FaultRows(faults)
    slow, _ = faults.add(Latency(1)), faults.add(NoOp())
    assert shown(rows) == [(1, "Latency(1)", True), (2, "NoOp()", True)]
    slow.remove()
    assert shown(rows) == [(1, "Latency(1)", False), (2, "NoOp()", True)]
    faults.add(Latency(1), "upstream")
    again = faults.add(Latency(1), "downstream", seed=5)
    assert [on for _, _, on in shown(rows)] == [False, True, True, True]
    again.remove()
    faults.add(Latency(1), "downstream", seed=6)
    assert [on for _, _, on in shown(rows)] == [False, True, True, True]


def test_it_is_switched_on_again_with_the_same_values() -> None:
    """Direction, chance, seed and count are as they were; a fault changed last comes back so."""
    faults = FaultGroup("chat")
    rows = FaultRows(faults)
    handle = faults.add(Latency(1), "upstream", probability=0.5, seed=3, first=2)
    handle.change(Latency(2))
    before = handle.scope
    rows.follow()
    handle.remove()
    rows.switch_on(rows.find(1))
    (again,) = faults
    assert again is not handle and (again.fault, again.scope) == (Latency(2), before)
    assert shown(rows) == [(1, "Latency(2)", True)]


def test_an_equal_fault_acts_already() -> None:
    """The error of the list is raised, and the row stays off."""
    faults = FaultGroup("chat")
    rows = FaultRows(faults)
    handle = faults.add(Latency(1), "upstream")
    rows.follow()
    handle.remove()
    faults.add(Latency(1))
    with pytest.raises(LabError, match="acts there already"):
        rows.switch_on(rows.find(1))
    assert [on for _, _, on in shown(rows)] == [False, True]


def test_only_so_many_are_remembered() -> None:
    """The oldest that is off leaves; what acts stays, however old."""
    faults = FaultGroup("chat")
    rows = FaultRows(faults)
    faults.add(NoOp())
    for number in range(MAX_OFF + 3):
        rows.follow()
        with faults.add(Latency(number + 1)):
            rows.follow()
    assert [number for number, _, _ in shown(rows)] == [1, *range(5, MAX_OFF + 5)]
    with pytest.raises(LabError, match="acted too long ago"):
        rows.find(2)


def test_what_it_does_in_words() -> None:
    """With the direction, chance and count, but a plug has none; and the call that adds it."""
    faults = FaultGroup("chat")
    rows = FaultRows(faults)
    faults.add(Latency(0.3))
    faults.add(NoOp(), "upstream", probability=0.25, seed=7, first=1)
    faults.add(BlackHole(), "downstream", first=3)
    faults.add(Down())
    faults.add(Drop(), first=2)
    faults.add(RefuseUpgrade(), first=2)
    faults.add(IdleKill(3), "downstream")
    faults.add(LimitConnections(1))
    rows.follow()
    assert [(row.effect, row.call) for row in rows] == [
        ("0.3 s later, both directions", "add(Latency(0.3))"),
        (
            "changes nothing, upstream (client to server), with probability 0.25, "
            "on the first 1 connection",
            'add(NoOp(), "upstream", probability=0.25, seed=7, first=1)',
        ),
        (
            "nothing passes, and nobody is told, downstream (server to client), "
            "on the first 3 connections",
            'add(BlackHole(), "downstream", first=3)',
        ),
        ("every connection is cut, and nobody gets through", "add(Down())"),
        ("loses messages, both directions, on the first 2 messages", "add(Drop(), first=2)"),
        (
            "answers 403 Forbidden to requests to upgrade, on the first 2 connections",
            "add(RefuseUpgrade(), first=2)",
        ),
        (
            "cut after 3 s of silence, downstream (server to client)",
            'add(IdleKill(3), "downstream")',
        ),
        ("1 connection at a time, the others wait", "add(LimitConnections(1))"),
    ]


def test_what_acts_on_a_whole_link_is_switched_on_again() -> None:
    """It takes no seed, and none was drawn for it."""
    faults = FaultGroup("chat")
    rows = FaultRows(faults)
    for fault in (Down(), LimitConnections(1), RefuseUpgrade()):
        handle = faults.add(fault)
        rows.follow()
        handle.remove()
    for number in (1, 2, 3):
        rows.switch_on(rows.find(number))
    assert all(on for _, _, on in shown(rows))


@pytest.fixture
async def ends(lab: object) -> object:
    """Give a link in front of a server that hands its connections to the test."""
    async with open_ends() as ends:
        yield ends


async def test_what_it_holds_and_how_often_it_acted(ends: Ends) -> None:
    """What is held with the time that it will wait; where it was added; when it is healed."""
    group, rows = FaultGroup("chat"), FaultRows(ends.link.faults)
    group.include(ends.link.faults)
    (_, to_server), _ = await ends.pair()
    hole = ends.link.add(BlackHole())
    group.add(NoOp())
    group.heal(after=60)
    to_server.write(b"x" * 2048)
    await soon(lambda: hole.held == 2048)
    rows.follow()
    assert [rows.facts(row) for row in rows] == [
        ["held: 2.0 KiB, until it is removed", "acted on 1 connection"],
        ["acted on 1 connection", "on all links of chat", "heals in 60 s"],
    ]
    assert [rows.can_change(row) for row in rows] == [True, False]
    hole.remove()
    rows.follow()
    assert rows.facts(rows.find(1)) == [] and not rows.can_change(rows.find(1))
    group.heal()


async def test_a_message_fault_counts_messages(ends: Ends) -> None:
    """Not the connections on which it may act."""
    rows = FaultRows(ends.link.faults)
    (_, to_server), _ = await shake_hands(ends)
    drop = ends.link.add(Drop(text="secret"))
    rows.follow()
    assert rows.facts(rows.find(1)) == ["acted on 0 messages"]
    to_server.write(frame(TEXT, b"secret"))
    await soon(lambda: drop.message_count == 1)
    assert rows.facts(rows.find(1)) == ["acted on 1 message"]


def test_which_numbers_it_has() -> None:
    """A text, what was left out, and a seed, which only names chance, are none."""
    faults = FaultGroup("chat")
    rows = FaultRows(faults)
    for fault in (Latency(0.3), Bandwidth(1000), BlackHole(), Delay(2, text="1", nth=3, seed=7)):
        faults.add(fault)
    rows.follow()
    assert [row.numbers for row in rows] == [
        {"seconds": 0.3, "jitter": 0.0},
        {"bytes_per_second": 1000},
        {},
        {"nth": 3, "probability": 1.0, "seconds": 2},
    ]
