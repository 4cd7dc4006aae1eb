"""The tick that keeps a loop awake and notices when it was blocked."""

import asyncio
import time

import pytest

from labkit.loop.ticker import BLOCKED_AFTER, TICK_INTERVAL, Ticker


async def test_sweeps_are_called_on_each_tick() -> None:
    """A sweep runs again and again until the ticker stops."""
    ticker = Ticker(asyncio.get_running_loop(), lambda seconds: None)
    twice = asyncio.Event()
    calls = []
    ticker.each_tick(lambda: calls.append(1) or (len(calls) == 2 and twice.set()))
    ticker.start()
    await asyncio.wait_for(twice.wait(), 5)
    ticker.stop()
    ticker.stop()


@pytest.mark.exhaustive
async def test_a_blocked_loop_is_noticed_with_its_duration() -> None:
    """After a block the next tick tells how long it was."""
    blocked: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    ticker = Ticker(asyncio.get_running_loop(), blocked.set_result)
    ticker.start()
    time.sleep(BLOCKED_AFTER + 3 * TICK_INTERVAL)  # noqa: ASYNC251 - sleeps: the block is what is tested
    seconds = await asyncio.wait_for(blocked, 5)
    ticker.stop()
    assert seconds >= BLOCKED_AFTER
