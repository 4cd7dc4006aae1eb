"""`sys.exit` in a task."""

from __future__ import annotations

import asyncio
import sys
from types import ModuleType
from typing import Any

import pytest

from labkit.exceptions import TaskExited
from labkit.loop.task_exit import Contained


async def leave(code: object) -> None:
    """Wait for a turn of the loop, then leave the program."""
    await asyncio.sleep(0)  # sleeps: for no time, only a turn
    sys.exit(code)  # type: ignore[arg-type]


async def test_it_fails_the_task_and_nothing_else(lab: ModuleType) -> None:
    """The loop runs on; what nobody awaited is a background error with the learner's line."""
    task = asyncio.create_task(leave(None))
    await asyncio.wait([task])
    (error,) = lab.errors()
    assert error.what == (
        "TaskExited: This task called sys.exit(), which would end the kernel, so only the task was "
        "ended. Leave a coroutine with `return`."
    )
    assert error.where == "task `leave`" and "sys.exit(code)" in error.source_line.line


async def test_who_awaits_it_gets_the_error(lab: ModuleType) -> None:
    """With what the task left with, and its SystemExit as the cause."""
    with pytest.raises(TaskExited, match=r"sys\.exit\('bye'\)") as caught:
        await asyncio.gather(leave("bye"))
    assert isinstance(caught.value.__cause__, SystemExit)
    assert lab.errors() == []


async def test_one_that_leaves_when_it_is_cancelled(lab: ModuleType) -> None:
    """An exception that is thrown into it may end in an exit, too."""

    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            sys.exit(3)

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)  # sleeps: for no time, only a turn
    task.cancel()
    with pytest.raises(TaskExited, match=r"sys\.exit\(3\)"):
        await task


async def test_all_else_is_the_coroutines_own(lab: ModuleType) -> None:
    """A result, a name, a stack, a place in the repr; and an end before it began."""

    async def answer() -> int:
        await asyncio.sleep(0)  # sleeps: for no time, only a turn
        return 42

    task = asyncio.create_task(answer())
    coro: Any = task.get_coro()
    assert isinstance(coro, Contained) and asyncio.iscoroutine(coro)
    assert coro.__name__ == "answer" and "answer" in repr(task) and "test_task_exit" in repr(task)
    assert [frame.f_code.co_name for frame in task.get_stack()] == ["answer"]
    assert await task == 42 and await Contained(answer()) == 42  # type: ignore[arg-type]
    never = asyncio.create_task(answer())
    never.cancel()
    await asyncio.wait([never])
    assert never.cancelled()
    Contained(answer()).close()  # type: ignore[arg-type]
