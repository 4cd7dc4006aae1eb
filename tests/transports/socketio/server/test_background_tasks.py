"""The tasks that the library starts for one server."""

from __future__ import annotations

import asyncio
from types import ModuleType

import socketio
from socketio.async_pubsub_manager import AsyncPubSubManager

from labkit.transports.socketio.server.async_server import AsyncServer
from labkit.transports.socketio.server.background_tasks import BackgroundTasks
from labkit.transports.socketio.server.current_request import current_request
from labkit.transports.socketio.server.sessions import Sessions
from tests.conftest import soon


async def test_a_learners_own_task_goes_on(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """What a learner starts with `sio.start_background_task` outlasts the server."""
    server = await lab.serve(sio)
    await lab.connect(server, "alice", reconnection=False)
    done = asyncio.Event()
    task = sio.start_background_task(done.wait)
    await server.stop()
    assert not task.done()
    done.set()
    assert await task


async def test_a_manager_may_listen_in_a_method_of_any_name(lab: ModuleType) -> None:
    """The listener of a learner's client manager ends with the server, too."""
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


async def test_the_context_of_a_listener() -> None:
    """A manager's task runs as listening, whatever request it began in; others inherit theirs."""
    sio = socketio.AsyncServer(async_mode="aiohttp")

    class Manager:
        async def listen(self) -> bool:
            request = current_request.get()
            return request is not None and request.is_listening

    async def other() -> object:
        return current_request.get()

    library = AsyncServer(sio)
    library.manager = manager = Manager()
    tasks = BackgroundTasks(Sessions(library))
    assert await tasks.start(sio.start_background_task, manager.listen)
    assert await tasks.start(sio.start_background_task, other) is None
    assert current_request.get() is None


async def test_a_task_that_has_ended_is_forgotten() -> None:
    """However long a server runs, only the tasks that run now are kept."""
    sio = socketio.AsyncServer(async_mode="aiohttp")
    library = AsyncServer(sio)
    tasks = BackgroundTasks(Sessions(library))
    task = tasks.start(sio.start_background_task, sio.sleep, 0)
    assert tasks.running == {task}
    await task
    assert tasks.running == set()
