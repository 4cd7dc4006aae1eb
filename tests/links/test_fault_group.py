"""Faults on many links at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from labkit.exceptions import LabError
from labkit.faults import BlackHole, Down, Drop, Latency, NoOp, Schedule, Step
from labkit.links import FaultGroup, Link
from tests.conftest import soon
from tests.support.ends import Ends
from tests.support.handshakes import shake_hands


@pytest.fixture
async def other(ends: Ends) -> AsyncIterator[Ends]:
    """Give a second link to the same server."""
    async with Link(ends.link.target, "other") as link:
        yield Ends(link, ends.arrived, ends.opened)


def group_of(*links: Ends) -> FaultGroup:
    """Return the faults on some links."""
    group = FaultGroup("chat")
    for each in links:
        group.include(each.link.faults)
    return group


async def test_a_fault_acts_on_every_link(ends: Ends, other: Ends) -> None:
    """Its one handle counts, shows what is held, and removes it everywhere."""
    pairs = [await ends.pair(), await other.pair()]
    group = group_of(ends, other)
    hole = group.add(BlackHole(), "upstream")
    assert list(group) == list(ends.link.faults) == list(other.link.faults) == [hole]
    for (_, to_server), _ in pairs:
        to_server.write(b"hello")
    await soon(lambda: hole.held == 10)
    assert hole.connection_count == 2
    hole.remove()
    for _, (from_client, _) in pairs:
        assert await from_client.readexactly(5) == b"hello"
    assert not group and not ends.link.faults and not other.link.faults and not hole.is_active


async def test_a_link_that_comes_later(ends: Ends, other: Ends) -> None:
    """It gets the faults that act, in their order."""
    group = group_of(ends)
    handles = [group.add(Latency(1)), group.add(NoOp())]
    assert not other.link.faults
    group.include(other.link.faults)
    assert list(other.link.faults) == handles
    group.heal()
    assert not other.link.faults and not any(handle.is_active for handle in handles)


async def test_a_schedule_for_every_link(ends: Ends, other: Ends) -> None:
    """Its faults come on all links, those that come later too, and `heal` stops it."""
    group = group_of(ends)
    run = group.follow(Schedule(Step(0, NoOp()), Step(0.02, Latency(1)), Step(60, BlackHole())))
    group.include(other.link.faults)
    await soon(lambda: len(run.handles) == 2)
    assert list(ends.link.faults) == list(other.link.faults) == run.handles
    group.heal()
    assert not ends.link.faults and not other.link.faults and not run.is_running


async def test_everybody_s_plug(ends: Ends, other: Ends) -> None:
    """It is pulled at once; one link's may be put back alone, and `heal` puts the others back."""
    pairs = [await ends.pair(), await other.pair()]
    group = group_of(ends, other)
    group.add(Down())
    for (from_server, _), _ in pairs:
        assert await asyncio.wait_for(from_server.read(), 5) == b""
    assert (ends.link.state, other.link.state) == ("cut", "cut")
    other.link.restore()
    assert (ends.link.state, other.link.state) == ("cut", "whole")
    group.heal()
    assert ends.link.state == "whole"


async def test_what_was_added_to_one_link_stays(ends: Ends, other: Ends) -> None:
    """`heal` of the group leaves it alone, also an equal one; `heal` of the link removes both."""
    own = ends.link.add(Latency(1))
    group = group_of(ends, other)
    common = group.add(Latency(1))
    assert list(ends.link.faults) == [own, common] and list(group) == [common]
    common.change(Latency(2))
    group.heal()
    assert list(ends.link.faults) == [own] and not other.link.faults
    common = group.add(Latency(2))
    ends.link.heal()
    assert not ends.link.faults and list(other.link.faults) == [common]


async def test_an_equal_fault_in_the_group(ends: Ends) -> None:
    """It is refused, as on a link, and nothing changes."""
    group = group_of(ends)
    handle = group.add(Latency(1))
    with pytest.raises(LabError, match=r"<Latency\(1\)> acts there already"):
        group.add(Latency(1))
    with pytest.raises(LabError, match=r"<Latency\(1\)> acts there already"):
        ends.link.add(Latency(1))
    assert list(ends.link.faults) == [handle]


async def test_the_first_of_all(ends: Ends, other: Ends) -> None:
    """With `first`, the connections of all links count."""
    group = group_of(ends, other)
    handle = group.add(NoOp(), first=1)
    await other.pair()
    await ends.pair()
    assert handle.connection_count == 1
    assert [bool(each.connection.upstream.enter) for each in (ends, other)] == [False, True]


async def test_links_have_fates_of_their_own(ends: Ends) -> None:
    """Chance falls differently on links of different names, and equally with the same seed."""
    links = [await Link(ends.link.target, f"link {number}").open() for number in range(12)]
    try:
        everywhere = [Ends(link, ends.arrived, ends.opened) for link in links]
        for each in everywhere:
            await each.pair()

        def chosen(seed: int) -> list[bool]:
            group = group_of(*everywhere)
            with group.add(NoOp(), probability=0.5, seed=seed):
                return [bool(each.connection.upstream.enter) for each in everywhere]

        assert chosen(1) == chosen(1) != chosen(2)
        assert set(chosen(1)) == {True, False}
    finally:
        for link in links:
            await link.close()


async def test_a_closed_link_is_forgotten(ends: Ends, other: Ends) -> None:
    """The fault goes on acting on the others, and on links to come."""
    group = group_of(ends, other)
    handle = group.add(NoOp())
    await other.link.close()
    assert not other.link.faults and list(group) == [handle]
    second = group.add(Latency(1))
    assert list(ends.link.faults) == [handle, second] and not other.link.faults
    await ends.link.close()
    assert handle.is_active


async def test_changes_are_notified(ends: Ends) -> None:
    """Whoever shows the group sees a fault come, change and go."""
    group, seen = group_of(ends), list[str]()
    group.changes.subscribe(lambda: seen.append(repr(group)))
    handle = group.add(Latency(1))
    handle.change(Latency(2))
    handle.remove()
    shown = ("<Latency(1)>", "<Latency(2)>", "none")
    assert seen == [f"<FaultGroup: {each}>" for each in shown]


async def test_everybody_s_fault_is_healed_later(ends: Ends, other: Ends) -> None:
    """Each link shows it, and a link may be sooner for itself alone."""
    group = group_of(ends, other)
    links, reports = [ends.link.faults, other.link.faults], list[int | None]()
    common, own = group.add(NoOp()), ends.link.add(Latency(1))
    other.link.changes.subscribe(
        lambda: reports.extend(map(other.link.faults.time_left, other.link.faults))
    )
    assert [each.time_left(common) for each in links] == [None, None]
    group.heal(after=50)
    assert reports == [50] and ends.link.faults.time_left(own) is None
    ends.link.heal(after=40)
    assert reports == [50] and group.time_left(common) == 50
    assert [each.time_left(common) for each in links] == [40, 50]
    assert ends.link.faults.time_left(own) == 40
    ends.link.heal()
    assert not ends.link.faults and list(other.link.faults) == [common]
    group.heal()
    assert not other.link.faults and group.heals_in is None


async def test_what_cannot_act_on_one_of_the_links(ends: Ends, other: Ends) -> None:
    """It is refused, and acts on none of them."""
    await shake_hands(other)
    group = group_of(ends, other)
    with pytest.raises(LabError, match="cannot act on connection 1 of 'other'"):
        group.add(Drop(event="a"))
    assert not group and not ends.link.faults and not other.link.faults
