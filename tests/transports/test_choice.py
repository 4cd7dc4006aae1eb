"""Which transport serves what."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest
import socketio
from aiohttp import web

from labkit.exceptions import LabError
from labkit.transports.choice import default_name
from tests.conftest import ROOT


async def handler(websocket: Any) -> None:
    """Serve nobody."""


class Chat(socketio.AsyncServer):  # type: ignore[misc]
    """A learner's own kind of server."""


@pytest.mark.parametrize(
    ("make", "transport", "name"),
    [
        (lambda: "websocket", "websocket", "websocket"),
        (lambda: "socketio", "socketio", "socketio"),
        (lambda: handler, "websocket", "handler"),
        (lambda: socketio.AsyncServer(async_mode="aiohttp"), "socketio", "socketio"),
        (lambda: Chat(async_mode="aiohttp"), "socketio", "socketio"),
        (web.Application, "http", "app"),
    ],
    ids=["raw chat", "chat", "handler", "AsyncServer", "subclass", "app"],
)
async def test_what_is_served(lab: ModuleType, make: Any, transport: str, name: str) -> None:
    """Each thing gets its transport and a name of its own."""
    server = await lab.serve(make())
    assert (server.protocol, server.name) == (transport, name)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: "socket.io", "There is: websocket, socketio"),
        (lambda: socketio.AsyncServer, "is a class"),
        (lambda: socketio.Server(async_mode="threading"), "AsyncServer"),
        (lambda: socketio.AsyncServer(async_mode="asgi"), "made for 'asgi'"),
        (lambda: socketio.AsyncClient(handle_sigint=False), "`AsyncClient` cannot be served"),
        (web.UrlDispatcher, "`UrlDispatcher` cannot be served"),
        (lambda: 5, "cannot be served"),
    ],
)
async def test_what_cannot_be_served(lab: ModuleType, make: Any, words: str) -> None:
    """The error names what it is and what would do."""
    with pytest.raises(LabError, match=words):
        await lab.serve(make())


async def test_options_belong_to_who_made_it(lab: ModuleType) -> None:
    """A learner's server takes none; the finished chat passes them on."""
    sio = socketio.AsyncServer(async_mode="aiohttp")
    with pytest.raises(LabError, match="ping_interval cannot be set here"):
        await lab.serve(sio, ping_interval=1)
    server = await lab.serve("socketio", ping_interval=7)
    assert server.raw.eio.ping_interval == 7


def test_the_default_name_of_a_handler() -> None:
    """Its own."""
    assert default_name(handler) == "handler"


def test_a_lesson_on_raw_websocket_loads_no_socketio() -> None:
    """The libraries are imported when they are needed."""
    code = (
        "import asyncio, sys, labkit as lab\n"
        "async def main():\n"
        "    await lab.serve('websocket')\n"
        "    await lab.close()\n"
        "asyncio.run(main())\n"
        "print([name for name in ('socketio', 'aiohttp') if name in sys.modules])"
    )
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT)
    assert loaded.strip() == "[]"
