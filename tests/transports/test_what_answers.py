"""What answers at an address, tried on real servers of each kind."""

from __future__ import annotations

import asyncio
import errno
import shutil
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from aiohttp import web

from labkit.transports.what_answers import what_answers
from tests.conftest import ROOT

NODE_SERVER = """
const { Server } = require("socket.io");
const http = require("http").createServer();
const io = new Server(http);
http.listen(0, "127.0.0.1", () => console.log(http.address().port));
io.engine.on("connection", session => session.on("close", reason => console.log(reason)));
"""


@pytest.fixture
async def site() -> AsyncIterator[Callable[[web.Application], object]]:
    """Serve aiohttp applications on free ports."""
    runners: list[web.AppRunner] = []

    async def start(app: web.Application) -> int:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return int(runner.addresses[0][1])

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def node_socketio(node_modules: Path) -> AsyncIterator[int]:
    """Run a Socket.IO server of Node's; afterwards the session that asked is closed."""
    node = await asyncio.create_subprocess_exec(
        shutil.which("node") or "node",
        "-e",
        NODE_SERVER,
        cwd=node_modules.parent,
        stdout=asyncio.subprocess.PIPE,
    )
    assert node.stdout is not None
    yield int(await asyncio.wait_for(node.stdout.readline(), 10))
    assert await asyncio.wait_for(node.stdout.readline(), 5) == b"transport close\n"
    node.terminate()
    await node.wait()


async def test_nothing() -> None:
    """A closed port refuses."""
    assert await what_answers("127.0.0.1", 1) == "nothing"


async def test_silence() -> None:
    """A port that accepts and says nothing is told within the timeout."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert await what_answers("127.0.0.1", silent.getsockname()[1], timeout=0.1) == "silence"


async def test_http(site) -> None:  # type: ignore[no-untyped-def]
    """A web server is told from Socket.IO."""
    assert await what_answers("127.0.0.1", await site(web.Application())) == "http"


async def test_something_else() -> None:
    """A server that greets in another protocol is no web server."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ready\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert await what_answers("127.0.0.1", port) == "other"
    server.close()
    await server.wait_closed()


async def test_socketio_of_python(socketio_server) -> None:  # type: ignore[no-untyped-def]
    """Python's Socket.IO server is recognised, and its session closed."""
    port, sio = socketio_server
    assert await what_answers("127.0.0.1", port) == "socketio"
    assert not [session for session in sio.eio.sockets.values() if not session.closed]


async def test_socketio_of_node(node_socketio: int) -> None:
    """Node's Socket.IO server is recognised, and its session closed."""
    assert await what_answers("127.0.0.1", node_socketio) == "socketio"


async def test_a_raw_server(site) -> None:  # type: ignore[no-untyped-def]
    """One that speaks nothing but WebSocket says so by 426."""

    async def upgrade(request: web.Request) -> web.Response:
        return web.Response(status=426)

    app = web.Application()
    app.router.add_get("/{anything:.*}", upgrade)
    assert await what_answers("127.0.0.1", await site(app)) == "websocket"


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (200, '97:0{"sid":"abc","upgrades":[]}2:40', "old socketio"),
        (400, '"Invalid transport"', "socketio"),
        (400, '{"code":0,"message":"Transport unknown"}', "socketio"),
    ],
    ids=["version 2", "Python, no polling", "Node, no polling"],
)
async def test_socketio_that_will_not(site, status: int, body: str, answer: str) -> None:  # type: ignore[no-untyped-def]
    """An old version, and servers that allow no polling, are told as what they are."""

    async def old(request: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    app = web.Application()
    app.router.add_get("/socket.io/", old)
    assert await what_answers("127.0.0.1", await site(app)) == answer


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """End a connection as soon as it is there."""
    writer.close()


async def test_tls() -> None:
    """A server that wants TLS is told from one that hangs up, whether or not it says a word."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # key and certificate of nobody, for a hundred years, from `openssl req -x509 -newkey ec`
    context.load_cert_chain(ROOT / "tests" / "support" / "localhost.pem")
    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=context)
    assert await what_answers("127.0.0.1", server.sockets[0].getsockname()[1]) == "tls"
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (b"", "hangup"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "tls"),
        (b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.", "tls"),
        (b"HTTP/1.1 400 Bad\r\n\r\nThe plain HTTP request was sent to HTTPS port", "tls"),
    ],
    ids=["no word", "an alert", "Go", "nginx"],
)
async def test_who_ends_the_connection(reply: bytes, answer: str) -> None:
    """Closing without a word is no silence, and words about TLS are understood."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(reply)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    assert await what_answers("127.0.0.1", server.sockets[0].getsockname()[1]) == answer
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (OSError(errno.EHOSTUNREACH, "no route to host"), "unreachable"),
        (TimeoutError(), "unreachable"),
        (socket.gaierror(-2, "Name or service not known"), "unknown host"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), "nothing"),
        (OSError("Multiple exceptions: refused, refused"), "nothing"),
    ],
    ids=str,
)
async def test_nobody_is_reached(
    monkeypatch: pytest.MonkeyPatch, error: OSError, answer: str
) -> None:
    """Where no connection comes about, nothing is said to accept it."""

    async def dial(*arguments: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(asyncio, "open_connection", dial)
    assert await what_answers("far.example", 80) == answer
