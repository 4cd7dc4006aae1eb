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
from labkit.transports.registry import default_server_name
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
        (lambda: "socket.io", "Choose websocket or sse or socketio or poll"),
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
    assert default_server_name(handler) == "handler"


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


async def test_each_protocol_has_its_client(lab: ModuleType) -> None:
    """A client speaks what its server speaks, or what it is asked to speak."""
    raw = await lab.connect(await lab.serve("websocket"), "alice")
    packets = await lab.connect(await lab.serve("socketio"), "bob")
    assert (raw.protocol, packets.protocol) == ("websocket", "socketio")
    shared = await lab.link(lab_server := await lab.serve("socketio"))
    assert (await lab.connect(shared, "carol")).protocol == "socketio"
    address = lab_server.url.replace("http", "ws")
    assert (await lab.connect(address, "dave", protocol="socketio")).protocol == "socketio"


async def test_an_application_says_what_can_connect_to_it(lab: ModuleType) -> None:
    """Its routes may speak anything, so no protocol is guessed; one that is named is tried."""

    async def door(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str("come in")
        await socket.receive()
        return socket

    app = web.Application()
    app.add_routes([web.get("/", door), web.get("/side", door)])
    server = await lab.serve(app)
    shared = await lab.link(server)
    for target in (server, shared):
        with pytest.raises(LabError, match=r"is a web application.*`ws://127\.0\.0\.1:\d+/\.\.\.`"):
            await lab.connect(target, "alice")
    alice = await lab.connect(server, "alice", protocol="websocket")
    bob = await lab.connect(f"ws://{server.host}:{server.port}/side", "bob")
    assert [await alice.hears(), await bob.hears()] == ["come in", "come in"]


@pytest.mark.parametrize("protocol", ["http", "ws", "", 7, {"websocket"}])
async def test_a_protocol_that_nobody_speaks(lab: ModuleType, protocol: Any) -> None:
    """The error lists those that are spoken, and whoever is connected stays."""
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    with pytest.raises(LabError, match=r'must be "chain" or .* or "sse" or "websocket"'):
        await lab.connect(server, "alice", protocol=protocol)
    assert alice.state == "open"
