"""Why a Socket.IO client could not connect."""

from __future__ import annotations

import asyncio
import time
from types import ModuleType
from typing import Any

import pytest
import socketio
from aiohttp import web


async def handler(websocket: Any) -> None:
    """Listen to nobody in particular."""
    async for _ in websocket:
        pass


@pytest.mark.exhaustive
@pytest.mark.parametrize("transports", [None, ["polling"], ["websocket"]], ids=str)
async def test_a_raw_server(lab: ModuleType, transports: Any) -> None:
    """It is named as what it is, and the wait is bounded where the library's is not."""
    server = await lab.serve(handler)
    started = time.monotonic()
    with pytest.raises(lab.LabError, match=r"raw WebSocket is not Socket\.IO"):
        await lab.connect(f"http://127.0.0.1:{server.port}", "alice", transports=transports)
    assert time.monotonic() - started < 10


async def test_nothing_there(lab: ModuleType) -> None:
    """A closed port refuses."""
    server = await lab.serve("socketio")
    url = f"http://127.0.0.1:{server.port}"
    await server.stop()
    with pytest.raises(lab.LabError, match="nothing listens there"):
        await lab.connect(url, "alice")


async def test_a_web_server_without_socketio(lab: ModuleType) -> None:
    """It is told apart from a Socket.IO server at another place."""
    server = await lab.serve(web.Application())
    with pytest.raises(lab.LabError, match=r"without Socket\.IO on /socket\.io/"):
        await lab.connect(server, "alice", protocol="socketio")


async def test_a_chat_over_plain_http(lab: ModuleType) -> None:
    """At its address the protocol must be given: the error says how."""
    server = await lab.serve("longpoll")
    with pytest.raises(lab.LabError, match='give its `protocol`, such as "sse"'):
        await lab.connect(server.url, "alice")
    assert (await lab.connect(server.url, "alice", protocol="longpoll")).state == "open"


async def test_a_server_that_says_nothing(lab: ModuleType) -> None:
    """Silence is told after a bounded wait."""
    await lab.fresh(timescale=0.2)
    stopped, ended = asyncio.Event(), asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await stopped.wait()
        writer.close()
        ended.set()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(lab.LabError, match="stays silent"):
            await lab.connect(f"http://127.0.0.1:{port}", "alice")
        stopped.set()
        await ended.wait()
    await lab.fresh()


async def test_a_transport_that_is_not_allowed(lab: ModuleType) -> None:
    """Python falls back to no other transport, and the error says so."""
    sio = socketio.AsyncServer(async_mode="aiohttp", transports=["websocket"])
    server = await lab.serve(sio)
    with pytest.raises(lab.LabError, match="not over polling, which this client tries first"):
        await lab.connect(server, "alice")
    alice = await lab.connect(server, "alice", transports=["websocket"])
    assert alice.transport == "websocket"


async def test_an_unknown_namespace(lab: ModuleType) -> None:
    """What the server said is told, and the view tells of it."""
    server = await lab.serve("socketio")
    with pytest.raises(lab.LabError, match="namespace /nowhere says 'Unable to connect'"):
        await lab.connect(server, "alice", namespaces=["/", "/nowhere"])
    assert ("refused", "there is no namespace /nowhere") in [
        (event.kind, event.text) for event in server.log_entries
    ]


async def test_a_connect_handler_that_refuses(lab: ModuleType, sio: socketio.AsyncServer) -> None:
    """Its own words reach the learner."""

    @sio.event
    async def connect(sid: str, environ: object, auth: Any) -> None:
        if auth != {"token": "secret"}:
            raise socketio.exceptions.ConnectionRefusedError("who are you?")

    server = await lab.serve(sio)
    with pytest.raises(lab.LabError, match=r"turned away: namespace / says 'who are you\?'"):
        await lab.connect(server, "alice")
    assert "the connect handler refused it in namespace /" in [e.text for e in server.log_entries]
    alice = await lab.connect(server, "alice", auth={"token": "secret"})
    assert alice.state == "open"


async def test_a_cut_link(lab: ModuleType) -> None:
    """The plug is named first of all."""
    server = await lab.serve("socketio")
    link = await lab.link(server)
    link.cut()
    with pytest.raises(lab.LabError, match="the link is cut"):
        await lab.connect(link, "alice")


@pytest.mark.parametrize("transports", ["polling", "websocket"])
async def test_an_answer_is_passed_on_and_nobody_asks_again(
    lab: ModuleType, transports: str
) -> None:
    """Status and words of whatever stands before Socket.IO reach the learner, over either."""
    seen: list[str] = []

    @web.middleware
    async def door(request: web.Request, handler: Any) -> web.Response:
        seen.append(request.query["transport"])
        return web.Response(status=401, text="no token, no chat")

    app = web.Application(middlewares=[door])
    socketio.AsyncServer(async_mode="aiohttp").attach(app)
    server = await lab.serve(app)
    told = "answers HTTP 401 Unauthorized: it requires authentication. It says: 'no token, no"
    with pytest.raises(lab.LabError, match=told):
        await lab.connect(server, "alice", transports=transports)
    assert seen == [transports]


async def test_an_origin_that_is_not_accepted(lab: ModuleType) -> None:
    """The library's own words are passed on."""
    sio = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins=["http://good.example"])
    server = await lab.serve(sio)
    with pytest.raises(lab.LabError, match=r"HTTP 400 Bad Request\. It says: .*not an accepted"):
        await lab.connect(server, "alice", headers={"Origin": server.url.rstrip("/")})


async def test_a_closed_link(lab: ModuleType) -> None:
    """A client whose link `fresh` has closed is told what makes a new one."""
    alice = await lab.connect(await lab.serve("socketio"), "alice")
    await lab.fresh()
    with pytest.raises(lab.LabError, match=r"closed, .*`await lab\.connect\(\.\.\., 'alice'\)`"):
        await alice.open()
    with pytest.raises(lab.LabError, match=r"at once: `await lab\.connect\(\.\.\., 'alice'\)`"):
        await alice.say("hello")
