"""The HTTP connections of a Socket.IO client."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from types import ModuleType

import aiohttp
import pytest

from labkit.transports.settings import MAX_BODY
from labkit.transports.socketio.client.http_connections import HttpConnections
from tests.conftest import soon
from tests.support.hostile import OPEN, Peer, hostile


@pytest.fixture
async def connections() -> AsyncIterator[HttpConnections]:
    """Give the connections of a client that is not accepted yet."""
    made = HttpConnections("elsewhere.example", aiohttp.ClientWebSocketResponse, lambda: True)
    yield made
    await made.close()


async def test_a_redirect_is_not_followed(connections: HttpConnections) -> None:
    """It is the answer, and an error of the connection, which the library knows."""

    async def says(peer: Peer) -> None:
        assert "Host: elsewhere.example" in await peer.request()
        await peer.answer(b"", "Location: /elsewhere", status="302 Found")

    async with hostile(says) as (port, asked):
        with pytest.raises(aiohttp.ClientConnectionError, match="it redirects to '/elsewhere'"):
            await connections.make_session().get(f"http://127.0.0.1:{port}/")
        assert connections.answer is not None and connections.answer.location == "/elsewhere"
        assert asked == ["GET / HTTP/1.1"]


@pytest.mark.parametrize("squeezed", [False, True])
async def test_a_body_has_an_end(connections: HttpConnections, squeezed: bool) -> None:
    """Up to the limit it is read, unpacked, and not a byte further."""
    whole = b"x" * MAX_BODY

    async def says(peer: Peer) -> None:
        for body in (whole, whole + b"x"):
            await peer.request()
            headers = ["Content-Encoding: gzip"] if squeezed else []
            await peer.answer(gzip.compress(body, 1) if squeezed else body, *headers)

    async with hostile(says) as (port, _):
        session = connections.make_session()
        assert len(await (await session.get(f"http://127.0.0.1:{port}/")).read()) == MAX_BODY
        response = await session.get(f"http://127.0.0.1:{port}/")
        with pytest.raises(ValueError, match="a body of more than 16 MiB"):
            await response.read()
        assert response.closed


async def test_hanging_up(connections: HttpConnections) -> None:
    """Every connection ends at once and none is dialled instead, until the next attempt."""

    async def says(peer: Peer) -> None:
        await peer.request()
        await peer.reader.read()

    async with hostile(says) as (port, asked):
        asking = asyncio.ensure_future(connections.make_session().get(f"http://127.0.0.1:{port}/"))
        await soon(lambda: asked, every=0)
        assert len(connections.sockets.local_ports) == 1
        connections.sockets.hang_up()
        with pytest.raises(aiohttp.ClientError):
            await asyncio.wait_for(asking, 5)
        connections.sockets.hang_up()
        assert connections.sockets.local_ports == set() and len(asked) == 1
        connections.begin()
        asking = asyncio.ensure_future(connections.make_session().get(f"http://127.0.0.1:{port}/"))
        await soon(lambda: len(asked) == 2, every=0)
        asking.cancel()


async def test_how_far_a_request_came(connections: HttpConnections) -> None:
    """No connection, a connection, a request that was sent; the next attempt begins anew."""
    connections.begin()
    assert connections.how_far == "there is no TCP connection"
    with pytest.raises(aiohttp.ClientError):
        await connections.make_session().get("http://127.0.0.1:1/")
    assert connections.how_far == "there is no TCP connection"

    async def hangs_up(peer: Peer) -> None:
        await peer.request()

    async with hostile(hangs_up) as (port, _):
        with pytest.raises(aiohttp.ClientError):
            await connections.make_session().get(f"http://127.0.0.1:{port}/")
    assert connections.how_far.startswith("TCP is connected and the request was sent")
    connections.begin()
    assert connections.how_far == "there is no TCP connection"


@pytest.mark.parametrize("broken", [b"2" + b"[" * 100_000, b"\xff", b"4" + b"x" * 10])
async def test_a_poll_that_cannot_be_read(lab: ModuleType, broken: bytes) -> None:
    """It ends the session, of which the client knows at once, whatever the library expects."""

    async def says(peer: Peer) -> None:
        for body in (OPEN.encode(), b'40{"sid":"a"}'):
            while (await peer.request()).startswith("POST"):
                await peer.answer(b"ok")
            await peer.answer(body)
        while (await peer.request()).startswith("POST"):
            await peer.answer(b"ok")
        short = len(broken) + (1 if broken.endswith(b"x") else 0)
        await peer.send(f"HTTP/1.1 200 OK\r\nContent-Length: {short}\r\n\r\n".encode(), broken)

    async with hostile(says) as (port, _):
        alice = await lab.connect(
            f"http://127.0.0.1:{port}", "alice", transports="polling", reconnection=False
        )
        assert await alice.ends(within=10) == "transport error"
