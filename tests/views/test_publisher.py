"""Many changes become few updates."""

from __future__ import annotations

import asyncio
import itertools

from labkit.views.publisher import INTERVAL, Publisher
from tests.conftest import soon


async def test_many_changes_at_once_are_one_update() -> None:
    """Ten thousand changes in one go are published once, soon."""
    published: list[float] = []
    publisher = Publisher(lambda: published.append(publisher.loop.time()))
    for _ in range(10_000):
        publisher.changed()
    await soon(lambda: published)
    assert len(published) == 1


async def test_a_flood_is_published_twenty_times_a_second() -> None:
    """Updates keep their distance, and the last state is always published."""
    published: list[tuple[float, int]] = []
    state = 0
    publisher = Publisher(lambda: published.append((publisher.loop.time(), state)))
    end = publisher.loop.time() + 6 * INTERVAL
    while publisher.loop.time() < end:
        state += 1
        publisher.changed()
        await asyncio.sleep(0)
    await soon(lambda: published[-1][1] == state)
    times = [time for time, _ in published]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(published) >= 2 and min(gaps) >= INTERVAL * 0.9


async def test_close_publishes_what_is_due_and_then_nothing() -> None:
    """The last state is shown at the end; later changes cost nothing."""
    published: list[int] = []
    publisher = Publisher(lambda: published.append(1))
    publisher.changed()
    publisher.close()
    publisher.close()
    publisher.changed()
    await asyncio.sleep(2 * INTERVAL)
    assert published == [1]
