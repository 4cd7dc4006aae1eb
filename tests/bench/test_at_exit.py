"""The last work on a loop."""

from __future__ import annotations

import asyncio

import pytest

from labkit.bench import at_exit
from labkit.bench.at_exit import run_at_exit


async def never() -> None:
    """Wait for ever."""
    await asyncio.Event().wait()


def test_work_goes_on_when_the_loop_is_stopped_again() -> None:
    """A kernel that stops its loop in the middle does not keep the work from ending."""
    loop, done = asyncio.new_event_loop(), list[str]()

    async def work() -> None:
        loop.stop()
        await asyncio.sleep(0.001)  # sleeps: until the loop has stopped
        done.append("done")

    run_at_exit(loop, work)
    loop.close()
    assert done == ["done"]


def test_work_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is cancelled before the kernel would be killed."""
    monkeypatch.setattr(at_exit, "EXIT_TIMEOUT", 0.01)
    loop = asyncio.new_event_loop()
    run_at_exit(loop, never)
    assert not asyncio.all_tasks(loop)
    loop.close()


def test_a_closed_loop_and_work_that_fails() -> None:
    """Neither is an error: nobody is there any more to see it."""
    loop, tried = asyncio.new_event_loop(), list[str]()

    async def work() -> None:
        tried.append("tried")
        raise ValueError

    run_at_exit(loop, work)
    loop.close()
    run_at_exit(loop, work)
    assert tried == ["tried"]
