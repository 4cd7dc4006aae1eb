"""Which tasks are the learner's."""

from __future__ import annotations

import asyncio
from types import ModuleType

import socketio

from labkit import bench


async def test_a_task_of_a_librarys_coroutine_is_the_learners_too(lab: ModuleType) -> None:
    """Public coroutines of the serving libraries count, their internal ones do not."""
    client = socketio.AsyncClient(handle_sigint=False)
    own = asyncio.create_task(client.sleep(60))  # sleeps: until it is cancelled
    internal = asyncio.create_task(client._handle_disconnect("/"))
    try:
        known = bench.current().monitor.learner_tasks.running()
        assert own in known and internal not in known
    finally:
        own.cancel()
        await internal


async def test_a_task_is_the_learners_on_any_loop(lab: ModuleType) -> None:
    """Where no frame of the loop calls the task factory, as with uvloop, it is known as well."""
    loop = asyncio.get_running_loop()
    make = loop.get_task_factory()
    own = make(loop, asyncio.Event().wait())
    assert str(bench.current().monitor.learner_tasks.running()[own]).startswith("`own = make(loop")
    own.cancel()
