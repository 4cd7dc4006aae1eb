"""The ways of a chain's judge: what each of them does, on real sockets."""

from __future__ import annotations

import asyncio
from types import ModuleType

import pytest

from labkit import bench
from labkit.exercises.fallbacks import ways
from labkit.exercises.fallbacks.ways import Kind, Servers, Way

PROOF = "are you there?"


@pytest.mark.parametrize(
    ("kind", "heard"), [(ways.PLAIN, [ways.WELCOME, PROOF]), (ways.GOOD, [PROOF])]
)
async def test_a_way_that_works(kind: Kind, heard: list[str], lab: ModuleType) -> None:
    """What is said there comes back."""
    async with bench.current().child() as child:
        servers = await Servers.start(child)
        way = Way(servers, "alice", kind)
        await way.prepare()
        with pytest.raises(ConnectionError, match="not open"):
            await way.say(PROOF)
        await way.open()
        await way.say(PROOF)
        assert [await way.hear() for _ in heard] == heard
        assert way.is_open and way.was_tried and not way.was_closed
        await servers.hang_up()
        assert not way.is_open


async def test_a_way_that_is_refused(lab: ModuleType) -> None:
    """Its error says why, and it may be closed all the same."""
    async with bench.current().child() as child:
        way = Way(await Servers.start(child), "alice", ways.REFUSED)
        await way.prepare()
        with pytest.raises(ConnectionError, match="403"):
            await way.open()
        assert "403" in way.problem
        with pytest.raises(ConnectionError, match="not open"):
            await way.say(PROOF)
        await way.close()


async def test_a_way_whose_server_hangs_up(lab: ModuleType) -> None:
    """The welcome is heard, then the end."""
    async with bench.current().child() as child:
        way = Way(await Servers.start(child), "alice", ways.FULL)
        await way.prepare()
        await way.open()
        assert await way.hear() == ways.WELCOME
        with pytest.raises(ConnectionError, match="1000"):
            await way.hear()


@pytest.mark.parametrize(("kind", "hears"), [(ways.DEAD, False), (ways.MUTE, True)])
async def test_a_way_that_looks_open(kind: Kind, hears: bool, lab: ModuleType) -> None:
    """It opens, and no proof comes, though it may greet."""
    async with bench.current().child() as child:
        servers = await Servers.start(child)
        way = Way(servers, "alice", kind)
        await way.prepare()
        await way.open()
        await way.say(PROOF)
        if hears:
            assert await way.hear() == ways.WELCOME
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await way.hear()
        await servers.hang_up()


async def test_a_handshake_that_is_lost(lab: ModuleType) -> None:
    """Nothing but a bound ends it."""
    async with bench.current().child() as child:
        way = Way(await Servers.start(child), "alice", ways.HANGS)
        await way.prepare()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await way.open()
        await way.close()
        assert way.was_closed and repr(way) == "<way alice>"
