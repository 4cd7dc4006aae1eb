"""Tasks that belong to a connection, for as long as it is open."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import socketio
from aiohttp import ClientSession, web

from labkit.exceptions import Unfinished
from tests.conftest import soon

writers: list[asyncio.Task[Any]] = []


def start_writer() -> None:
    """Start a task that serves a connection until it is cancelled, and never is."""
    writers.append(asyncio.create_task(asyncio.Event().wait()))


async def raw(websocket: Any) -> None:
    """Start a writer for a raw connection."""
    start_writer()
    await websocket.wait_closed()


async def raw_in_a_task(websocket: Any) -> None:
    """Start a writer in a task that ends before it."""

    async def start() -> None:
        start_writer()

    await asyncio.create_task(start())
    await websocket.wait_closed()


def hosted_events() -> socketio.AsyncServer:
    """Return a server that starts a writer for each event."""
    sio = socketio.AsyncServer(async_mode="aiohttp")

    @sio.event
    async def start(sid: str, *arguments: object) -> None:
        start_writer()

    return sio


def hosted_welcome() -> socketio.AsyncServer:
    """Return a server that starts a writer in its connect handler."""
    sio = socketio.AsyncServer(async_mode="aiohttp")

    @sio.event
    async def connect(sid: str, environ: object) -> None:
        start_writer()

    return sio


def application() -> web.Application:
    """Return an application that starts a writer for each WebSocket."""

    async def handle(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        start_writer()
        async for _ in socket:
            pass
        return socket

    app = web.Application()
    app.router.add_get("/", handle)
    return app


@pytest.mark.parametrize(
    ("make", "protocol"),
    [
        (lambda: raw, "websocket"),
        (lambda: raw_in_a_task, "websocket"),
        (hosted_events, "socketio"),
        (hosted_welcome, "socketio"),
        (application, "websocket"),
    ],
    ids=["raw", "in a task", "event", "connect", "application"],
)
async def test_a_task_of_a_handler_is_its_connections(
    make: Callable[[], Any], protocol: str, lab: ModuleType
) -> None:
    """`finish` does not count it while the connection is open, and does once it has ended."""
    writers.clear()
    server = await lab.serve(make(), name="hosted")
    client = await lab.connect(server, "alice", protocol=protocol)
    if make is hosted_events:
        await client.raw.emit("start")
    await soon(lambda: writers)
    await lab.finish()
    await client.close()
    await soon(lambda: not server.connections)
    with pytest.raises(Unfinished, match=r"a task is still running: `writers\.append"):
        await lab.finish()
    writers[0].cancel()


async def test_a_task_of_an_answer_is_a_leftover_after_it(lab: ModuleType) -> None:
    """What a request's handler starts belongs to the request while that is being answered."""
    writers.clear()
    enough = asyncio.Event()

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        start_writer()
        await enough.wait()
        return response

    app = web.Application()
    app.router.add_get("/", stream)
    server = await lab.serve(app, name="hosted")
    async with ClientSession() as session, session.get(server.url) as answer:
        await lab.finish()
        enough.set()
        await answer.read()
    with pytest.raises(Unfinished, match="a task is still running"):
        await lab.finish()
    writers[0].cancel()


async def test_a_task_keeps_no_connection_in_memory(lab: ModuleType) -> None:
    """What goes on after its connection holds the connection's context, and nothing of it."""
    writers.clear()
    server = await lab.serve(raw, name="hosted")
    client = await lab.connect(server, "alice")
    await soon(lambda: writers)
    connection = weakref.ref(server.connections[0].raw)
    await client.close()
    await soon(lambda: not server.connections)
    await soon(lambda: gc.collect() >= 0 and connection() is None)
    assert not writers[0].done()
    writers[0].cancel()
