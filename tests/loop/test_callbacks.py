"""What asyncio keeps of a callback."""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from functools import partial
from types import ModuleType, SimpleNamespace

import pytest

from labkit import bench
from labkit.loop.callbacks import RUN, place_of, scope_of, task_of
from labkit.loop.scope import current_scope


@pytest.mark.usefixtures("lab")
async def test_the_loop_calls_it_by_run() -> None:
    """That is the frame around each callback."""
    seen = list[object]()
    asyncio.get_running_loop().call_soon(lambda: seen.append(asyncio.Handle._run.__code__ is RUN))
    await asyncio.sleep(0)  # sleeps: for no time, only a turn
    assert seen == [True]


async def test_its_name_and_its_scope(lab: ModuleType) -> None:
    """The name of a function, or what else was handed to the loop; the scope of that moment."""
    loop = asyncio.get_running_loop()
    own = loop.call_later(60, print)
    assert place_of(own) == "callback `print`" and scope_of(own) is None
    async with bench.current().child():
        scoped = loop.call_soon(partial(print), context=copy_context())
        scoped.cancel()
        assert scope_of(loop.call_soon(int)) is current_scope.get() is not None
    own.cancel()
    assert place_of(loop.call_soon(partial(int))) == "callback `functools.partial(<class 'int'>)`"


async def test_its_task(lab: ModuleType) -> None:
    """The one that it has ended, and no other."""
    task = asyncio.create_task(asyncio.sleep(0))  # sleeps: for no time, only a turn
    step = SimpleNamespace(_callback=task.get_coro)
    assert task_of(step) is None
    await task
    assert task_of(SimpleNamespace(_callback=print)) is None
    assert place_of(task) == "task `sleep`" and place_of(None) == "the event loop"
