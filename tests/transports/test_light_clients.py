"""Light clients: they connect, keep a connection alive, and say why they could not."""

from __future__ import annotations

import asyncio
from types import ModuleType

import pytest
from websockets.asyncio.server import ServerConnection, serve

from labkit.exceptions import LabError
from labkit.transports.light_clients import (
    FAILURES,
    LIGHT_CLIENTS,
    Target,
    describe_failure,
    make_target,
)
from tests.conftest import soon


@pytest.mark.parametrize(
    ("protocol", "uri", "dialled"),
    [
        ("websocket", "ws://localhost:1/chat?token=x", "ws://localhost:1/chat?token=x"),
        (
            "socketio",
            "http://localhost:1/",
            "ws://localhost:1/socket.io/?EIO=4&transport=websocket",
        ),
        (
            "socketio",
            "http://localhost:1/?token=x",
            "ws://localhost:1/socket.io/?token=x&EIO=4&transport=websocket",
        ),
    ],
)
def test_an_address_becomes_a_target(protocol: str, uri: str, dialled: str) -> None:
    """The server's own address is kept, with its token, and the link is dialled."""
    assert make_target(protocol, uri, "127.0.0.1", 2) == Target(dialled, "127.0.0.1", 2)


def test_what_no_light_client_speaks() -> None:
    """Another protocol is refused, and a path that Socket.IO would take for two things."""
    with pytest.raises(LabError, match='speak "websocket" or "socketio", not \'sse\''):
        make_target("sse", "http://localhost/", "", 0)
    with pytest.raises(LabError, match="has a path"):
        make_target("socketio", "http://localhost/chat", "", 0)


@pytest.mark.parametrize("protocol", list(LIGHT_CLIENTS))
async def test_a_client_stays_until_the_server_ends(lab: ModuleType, protocol: str) -> None:
    """It says when it is connected, is a connection like others, and notices the end."""
    server = await lab.serve(protocol)
    opened = asyncio.Event()
    target = make_target(protocol, server.url, server.host, server.port)
    staying = asyncio.ensure_future(LIGHT_CLIENTS[protocol](target, opened.set))
    await asyncio.wait_for(opened.wait(), 5)
    assert server.connection_count == 1
    await server.disconnect(server.connections[0])
    await asyncio.wait_for(staying, 5)
    await soon(lambda: not server.connections)


@pytest.mark.parametrize("protocol", list(LIGHT_CLIENTS))
async def test_a_client_that_is_cancelled_closes(lab: ModuleType, protocol: str) -> None:
    """The server sees a close, not an abnormal end."""
    server = await lab.serve(protocol)
    opened = asyncio.Event()
    target = make_target(protocol, server.url, server.host, server.port)
    staying = asyncio.ensure_future(LIGHT_CLIENTS[protocol](target, opened.set))
    await asyncio.wait_for(opened.wait(), 5)
    staying.cancel()
    await asyncio.wait({staying})
    await soon(lambda: not server.connections)
    assert "1006" not in str(server.log_entries)


async def engine_io(*answers: str) -> list[str]:
    """Return what a light client sends to a server that sends these packets, one after another."""
    heard: list[str] = []

    async def handler(websocket: ServerConnection) -> None:
        for answer in answers:
            await websocket.send(answer)
            if answer[:1] in "02":
                heard.append(str(await websocket.recv()))

    async with serve(handler, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        target = make_target("socketio", f"http://127.0.0.1:{port}/", "127.0.0.1", port)
        await LIGHT_CLIENTS["socketio"](target, lambda: heard.append("opened"))
    return heard


OPEN = '0{"sid":"s","pingInterval":5000,"pingTimeout":5000}'


async def test_pings_are_answered() -> None:
    """It joins the main namespace, is connected when the server says so, and answers each ping."""
    packets = [OPEN, '40{"sid":"t"}', '42["chat message","hello"]', "2", "2", "41"]
    assert await engine_io(*packets) == ["40", "opened", "3", "3"]


async def test_a_refusal_is_a_failure() -> None:
    """A namespace that refuses, and a server that speaks something else, are told as such."""
    with pytest.raises(FAILURES, match="refused") as refused:
        await engine_io(OPEN, '44{"message":"no"}')
    assert describe_failure(refused.value) == 'refused: {"message":"no"}'
    with pytest.raises(FAILURES, match=r"no Socket\.IO server"):
        await engine_io("Welcome!")


async def test_a_silent_server_is_left() -> None:
    """Nobody who announced pings may be silent for longer than announced."""

    async def handler(websocket: ServerConnection) -> None:
        await websocket.send(OPEN.replace("5000", "50"))
        await websocket.wait_closed()

    async with serve(handler, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        target = make_target("socketio", f"http://127.0.0.1:{port}/", "127.0.0.1", port)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(LIGHT_CLIENTS["socketio"](target, lambda: None), 2)


async def test_why_a_client_could_not_connect(lab: ModuleType) -> None:
    """In a few words: the status of an answer, nobody there, or an end in the middle."""
    server = await lab.serve("websocket")
    link = await lab.link(server)
    link.cut()
    reasons = []
    for port in (link.port, 1):
        target = Target(server.url, "127.0.0.1", port)
        with pytest.raises(FAILURES) as failed:
            await LIGHT_CLIENTS["websocket"](target, lambda: None)
        reasons.append(describe_failure(failed.value))
    wrong = Target("ws://evil.example/", server.host, server.port)
    with pytest.raises(FAILURES) as failed:
        await LIGHT_CLIENTS["websocket"](wrong, lambda: None)
    reasons.append(describe_failure(failed.value))
    assert reasons == [
        "the connection ended during the handshake",
        "nothing listens there",
        "HTTP 403",
    ]
