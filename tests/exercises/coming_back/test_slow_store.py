"""The slow store: it counts the loads, and lets them go on when a judge wants it."""

from __future__ import annotations

import asyncio

import pytest

from labkit.exercises.coming_back.slow_store import HISTORY, SlowStore


async def test_loads_wait_until_they_are_let_go_on() -> None:
    """It knows how many ran at once, also when one has failed."""
    store = SlowStore()
    loads = [asyncio.create_task(store.load()) for _ in range(2)]
    assert await store.begins(2)
    store.loads[0].set_exception(OSError("away"))
    store.loads[1].set_result(HISTORY)
    with pytest.raises(OSError, match="away"):
        await loads[0]
    assert await loads[1] == HISTORY and store.most == 2


async def test_a_load_that_does_not_begin() -> None:
    """It waits for a moment only."""
    assert not await SlowStore().begins(1)


async def test_a_quick_store() -> None:
    """Nobody waits any more, neither those who load already nor those who come."""
    store = SlowStore()
    load = asyncio.create_task(store.load())
    await store.begins(1)
    store.be_quick()
    assert await load == await store.load() == HISTORY
