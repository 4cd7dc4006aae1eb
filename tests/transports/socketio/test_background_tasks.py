"""The tasks that the library starts for one server."""

from __future__ import annotations

import asyncio
from types import ModuleType

import socketio
from socketio.async_pubsub_manager import AsyncPubSubManager

from labkit.transports.socketio.background_tasks import BackgroundTasks
from tests.conftest import soon, turn_loop


async def test_a_learners_own_task_goes_on(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """What is started with `sio.start_background_task` is not the library's: a stop lets it be."""
    server = await lab.serve(sio)
    await lab.connect(server, "alice", reconnection=False)
    done = asyncio.Event()
    task = sio.start_background_task(done.wait)
    await server.stop()
    assert not task.done()
    done.set()
    assert await task


async def test_a_manager_may_listen_in_a_task_of_any_name(lab: ModuleType) -> None:
    """A learner's client manager, which starts its listener by itself, leaves none either."""
    listening = []

    class Manager(AsyncPubSubManager):  # type: ignore[misc]
        def initialize(self) -> None:
            listening.append(self.server.start_background_task(self._wait))

        async def _wait(self) -> None:
            await asyncio.Event().wait()

    sio = socketio.AsyncServer(async_mode="aiohttp", client_manager=Manager())
    server = await lab.serve(sio)
    await lab.connect(server, "alice", reconnection=False)
    await soon(lambda: listening)
    await server.stop()
    assert [task.done() for task in listening] == [True]


async def test_a_task_that_has_ended_is_forgotten() -> None:
    """Of a server that runs for days, there is no longer list than of what runs now."""
    sio = socketio.AsyncServer(async_mode="aiohttp")
    tasks = BackgroundTasks(sio.manager)
    task = tasks.start(sio.start_background_task, sio.sleep, 0)
    assert tasks.running == {task} and not tasks.is_listener(task)
    await task
    await turn_loop()
    assert tasks.running == frozenset()
