"""Security headers: on every HTTP answer of every server, and never instead of its own."""

from __future__ import annotations

from types import ModuleType

import pytest
import socketio
from aiohttp import web

from labkit.protocols.security_headers import SECURITY_HEADERS, add_security_headers
from labkit.transports.contract import Server
from tests.conftest import soon
from tests.support.raw import raw, request

POLL = "/socket.io/?EIO=4&transport=polling"


async def broken(request: web.Request) -> web.Response:
    """Fail."""
    raise KeyError("broken")


async def framed(request: web.Request) -> web.Response:
    """Answer with a header that says something else."""
    return web.Response(headers={"x-frame-options": "SAMEORIGIN"})


async def streamed(request: web.Request) -> web.StreamResponse:
    """Answer piece by piece."""
    answer = web.StreamResponse()
    await answer.prepare(request)
    await answer.write(b"piece")
    return answer


def an_app() -> web.Application:
    """Return a learner's application, with a Socket.IO server in it."""
    app = web.Application()
    for handler in (broken, framed, streamed):
        app.router.add_get(f"/{handler.__name__}", handler)
    socketio.AsyncServer(async_mode="aiohttp").attach(app)
    return app


async def served(lab: ModuleType, what: str) -> Server:
    """Serve a finished chat, or the application."""
    server: Server = await lab.serve(an_app() if what == "app" else what, name="here")
    return server


async def answer(port: int, asked: bytes) -> tuple[int, dict[str, str]]:
    """Return status and headers of the answer to a request."""
    async with raw(port) as peer:
        await peer.send(asked)
        first, *lines = (await peer.head()).strip().split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in lines)


def get(path: str, *more: str, host: str = "127.0.0.1") -> bytes:
    """Return a plain GET."""
    return "\r\n".join([f"GET {path} HTTP/1.1", f"Host: {host}", *more, "", ""]).encode()


ANSWERS = [
    ("websocket", get("/"), 200),
    ("websocket", get("/elsewhere"), 426),
    ("websocket", get("/", host="evil.example"), 403),
    ("websocket", request("Origin: http://evil.example"), 403),
    ("websocket", get(f"/{'a' * 10_000}"), 414),
    ("websocket", get("/", f"X: {'a' * 10_000}"), 431),
    ("socketio", get("/"), 200),
    ("socketio", get("/socket.io.min.js"), 200),
    ("socketio", get("/nothing"), 404),
    ("socketio", get(POLL), 200),
    ("socketio", get(f"{POLL}&sid=<b>"), 400),
    ("socketio", get(f"{POLL}&j=0"), 400),
    ("socketio", get(POLL, "Origin: http://evil.example"), 403),
    ("socketio", get("/", host="evil.example"), 403),
    ("socketio", b"what is no HTTP\r\n\r\n", 400),
    ("app", get("/broken"), 500),
    ("app", get("/streamed"), 200),
    ("app", get(POLL), 200),
    ("app", get("/nothing"), 404),
]


@pytest.mark.parametrize(("what", "asked", "status"), ANSWERS)
async def test_every_answer_has_them(lab: ModuleType, what: str, asked: bytes, status: int) -> None:
    """Pages, scripts, polls, errors and refusals: no other site's page may frame or embed them."""
    server = await served(lab, what)
    got, headers = await answer(server.port, asked)
    assert got == status
    assert SECURITY_HEADERS.keys() <= headers.keys()
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert len(lab.errors()) == (status == 500)


async def test_an_application_may_say_otherwise(lab: ModuleType) -> None:
    """A header that a learner's handler sets stays, in whatever case it is written."""
    server = await served(lab, "app")
    _, headers = await answer(server.port, get("/framed"))
    lower = {name.lower(): value for name, value in headers.items()}
    assert lower["x-frame-options"] == "SAMEORIGIN" and len(lower) == len(headers)


async def test_a_handshake_has_none(lab: ModuleType) -> None:
    """The answer that opens a WebSocket is the library's, byte for byte."""
    server = await served(lab, "websocket")
    status, headers = await answer(server.port, request())
    assert status == 101 and not SECURITY_HEADERS.keys() & headers.keys()
    await soon(lambda: not server.connections)


def test_nothing_is_added_to_101() -> None:
    """The status decides."""
    headers: dict[str, str] = {}
    add_security_headers(101, headers)
    assert headers == {}
