"""A line on which nothing arrives."""

from __future__ import annotations

import asyncio
import time
from types import ModuleType

import pytest

from labkit import bench
from labkit.clock import clock
from labkit.exceptions import LabError
from labkit.faults import BlackHole
from labkit.faults.fault import Act
from labkit.protocols.stream import FIN, RST, Item
from labkit.transports.settings import CLOSE_TIMEOUT, HEARTBEAT
from tests.conftest import soon
from tests.faults.conftest import Stack
from tests.support.turned_clock import Line


@pytest.mark.parametrize("end", [FIN, RST], ids=lambda end: end.fact)
def test_nothing_passes_until_it_is_removed(end: Item) -> None:
    """Bytes and ends are held without a timer, and pass in order in the end."""
    line = Line(BlackHole())
    line.send(b"a", b"b", end, at=1.0)
    assert line.passed_by(1e9) == [] and not line.loop.timers
    assert line.stage.held == 2
    line.stage.release()
    assert [item for _, item in line.passed] == [b"a", b"b", end]


def test_it_may_end_in_a_cut() -> None:
    """After the seconds since it began to act, whether anything was sent or not."""
    line = Line(BlackHole(2))
    line.loop.turn_to(1.999)
    assert line.acts == []
    line.loop.turn_to(10)
    assert line.acts == [(2.0, Act.CUT)]


def test_no_cut_after_it_is_removed() -> None:
    """Its timer goes with it."""
    line = Line(BlackHole(2))
    line.stage.release()
    line.loop.turn_to(10)
    assert line.acts == []


@pytest.mark.parametrize("seconds", [-1, float("nan"), "2"])
def test_bad_values(seconds: float) -> None:
    """Seconds are a number, 0 or more."""
    with pytest.raises(LabError, match="seconds must be a number from 0"):
        BlackHole(seconds)


DIRECTIONS = ("both", "upstream", "downstream")

LATE = 2.0
"""Seconds that a busy machine may add."""


@pytest.mark.exhaustive
async def test_a_half_open_connection_is_noticed(lab: ModuleType, stack: Stack) -> None:
    """Each side notices within heartbeat and timeout, whichever way the hole is.

    The side that is left may need the close timeout more; Socket.IO's server looks once in a
    heartbeat, and its polling client waits 5 s more, which the library does not scale, and which
    aiohttp rounds up to whole seconds of the loop's clock.
    """
    await lab.fresh(timescale=0.1)
    server = await lab.serve(stack.protocol)
    people = [await stack.join(lab, server, direction) for direction in DIRECTIONS]
    for each in people:
        each.link.add(BlackHole(), each.name)
    start = time.perf_counter()
    beat, close = clock.seconds(HEARTBEAT), clock.seconds(CLOSE_TIMEOUT)
    sweep = beat if stack.protocol == "socketio" else 0
    await soon(lambda: not server.connections, within=2 * beat + close + sweep + LATE)
    client = beat + 6 if "polling" in str(stack.options) else 2 * beat + close
    left = client + LATE - (time.perf_counter() - start)
    await soon(lambda: {each.state for each in people} == {"closed"}, within=left)
    assert {each.ending for each in people} <= {1006, 1011, "transport error", "ping timeout"}
    for each in people:
        each.link.heal()
    await soon(lambda: not any(each.link.connection_count for each in people))


@pytest.mark.exhaustive
@pytest.mark.parametrize("direction", DIRECTIONS)
async def test_a_hole_during_the_handshake(lab: ModuleType, stack: Stack, direction: str) -> None:
    """The attempt is bounded, and the error names how far it came and what acts, unasked."""
    await lab.fresh(timescale=0.1)
    link = await lab.link(await lab.serve(stack.protocol))
    link.add(BlackHole(), direction)
    start = time.perf_counter()
    with pytest.raises(lab.LabError) as caught:
        await stack.join(lab, link, "alice")
    assert time.perf_counter() - start <= clock.seconds(3) + LATE
    said = str(caught.value)
    assert "TCP is connected" in said
    if link.trace.rows(kind="request"):  # a busy machine may not have come so far
        assert " was sent, but no " in said
    where = "" if direction == "both" else f" {direction}"
    assert f"(BlackHole(){where}); `alice.link.heal()` removes them." in said
    assert link.trace.facts().count("opened") == 1
    link.heal()
    await soon(lambda: not link.connection_count)


@pytest.mark.exhaustive
async def test_a_hole_during_the_upgrade(lab: ModuleType) -> None:
    """The error says that the upgrade did not finish."""
    await lab.fresh(timescale=0.1)
    link = await lab.link(await lab.serve("socketio"))
    connecting = asyncio.ensure_future(lab.connect(link, "alice"))
    await soon(lambda: "alice" in bench.current().clients, every=0)
    alice = bench.current().clients["alice"]
    await soon(lambda: alice.raw.eio.sid, every=0)
    link.add(BlackHole())
    with pytest.raises(lab.LabError, match="the upgrade to WebSocket did not finish"):
        await connecting


@pytest.mark.exhaustive
@pytest.mark.parametrize("direction", DIRECTIONS)
async def test_a_hole_during_the_close(lab: ModuleType, stack: Stack, direction: str) -> None:
    """Closing is bounded by the close timeout."""
    await lab.fresh(timescale=0.1)
    server = await lab.serve(stack.protocol)
    alice = await stack.join(lab, server, "alice")
    alice.link.add(BlackHole(), direction)
    start = time.perf_counter()
    async with asyncio.timeout(clock.seconds(3) + LATE):
        await alice.close()
    assert time.perf_counter() - start <= clock.seconds(3) + LATE
    assert alice.state == "closed"
