"""Who has stopped reading."""

from __future__ import annotations

import asyncio

import pytest

from labkit.transports.slow_reader import HARD_LIMIT, SLOW_READER_TIMEOUT, SOFT_LIMIT, SlowReaders


@pytest.fixture
async def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give the loop a clock that the test sets."""
    time = [100.0]
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: time[0])
    return time


async def test_very_much_waiting_is_too_much(now: list[float]) -> None:
    """Above the hard limit a reader is dropped at once."""
    assert not SlowReaders().is_one(1, HARD_LIMIT)
    assert SlowReaders().is_one(1, HARD_LIMIT + 1)


async def test_much_waiting_for_long_is_too_much(now: list[float]) -> None:
    """Above the soft limit without progress a reader is dropped after its timeout."""
    readers = SlowReaders()
    assert not readers.is_one(1, SOFT_LIMIT + 1)
    now[0] += SLOW_READER_TIMEOUT
    assert not readers.is_one(1, SOFT_LIMIT + 1)
    now[0] += 0.1
    assert readers.is_one(1, SOFT_LIMIT + 1)


async def test_progress_counts(now: list[float]) -> None:
    """A reader whose buffer shrinks, or has shrunk below the limit, is not dropped."""
    readers = SlowReaders()
    for left in range(20, 1, -1):
        assert not readers.is_one(1, SOFT_LIMIT + left)
        now[0] += SLOW_READER_TIMEOUT - 0.1
    readers.is_one(1, 0)
    now[0] += 2 * SLOW_READER_TIMEOUT
    assert not readers.is_one(1, SOFT_LIMIT + 1)


async def test_readers_are_judged_apart_and_forgotten(now: list[float]) -> None:
    """One reader's delay is not another's."""
    readers = SlowReaders()
    readers.is_one(1, SOFT_LIMIT + 1)
    now[0] += SLOW_READER_TIMEOUT + 1
    assert not readers.is_one(2, SOFT_LIMIT + 1)
    readers.forget(1)
    readers.forget(7)
    assert not readers.is_one(1, SOFT_LIMIT + 1)
