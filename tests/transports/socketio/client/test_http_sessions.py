"""The HTTP sessions of a Socket.IO client."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator

import aiohttp
import pytest

from labkit.transports.settings import MAX_BODY
from labkit.transports.socketio.client.http_sessions import HttpSessions
from tests.conftest import soon
from tests.support.hostile import Peer, hostile


@pytest.fixture
async def sessions() -> AsyncIterator[HttpSessions]:
    """Give the sessions of a client that is not accepted yet."""
    made = HttpSessions("elsewhere.example", lambda: True)
    yield made
    await made.close()


async def test_a_redirect_is_not_followed(sessions: HttpSessions) -> None:
    """It is the answer, and an error of the connection, which the library knows."""

    async def says(peer: Peer) -> None:
        assert "Host: elsewhere.example" in await peer.request()
        await peer.answer(b"", "Location: /elsewhere", status="302 Found")

    async with hostile(says) as (port, asked):
        with pytest.raises(aiohttp.ClientConnectionError, match="it redirects to '/elsewhere'"):
            await sessions.make().get(f"http://127.0.0.1:{port}/")
        assert sessions.answer is not None and sessions.answer.location == "/elsewhere"
        assert asked == ["GET / HTTP/1.1"]


@pytest.mark.parametrize("squeezed", [False, True])
async def test_a_body_has_an_end(sessions: HttpSessions, squeezed: bool) -> None:
    """Up to the limit it is read, unpacked, and not a byte further."""
    whole = b"x" * MAX_BODY

    async def says(peer: Peer) -> None:
        for body in (whole, whole + b"x"):
            await peer.request()
            headers = ["Content-Encoding: gzip"] if squeezed else []
            await peer.answer(gzip.compress(body, 1) if squeezed else body, *headers)

    async with hostile(says) as (port, _):
        session = sessions.make()
        assert len(await (await session.get(f"http://127.0.0.1:{port}/")).read()) == MAX_BODY
        response = await session.get(f"http://127.0.0.1:{port}/")
        with pytest.raises(ValueError, match="a body of more than 16 MiB"):
            await response.read()
        assert response.closed


async def test_hanging_up(sessions: HttpSessions) -> None:
    """Every connection ends at once and none is dialled instead, until the next attempt."""

    async def says(peer: Peer) -> None:
        await peer.request()
        await peer.reader.read()

    async with hostile(says) as (port, asked):
        asking = asyncio.ensure_future(sessions.make().get(f"http://127.0.0.1:{port}/"))
        await soon(lambda: asked, every=0)
        assert len(sessions.local_ports) == 1
        sessions.hang_up()
        with pytest.raises(aiohttp.ClientError):
            await asyncio.wait_for(asking, 5)
        sessions.hang_up()
        assert sessions.local_ports == set() and len(asked) == 1
        sessions.begin()
        asking = asyncio.ensure_future(sessions.make().get(f"http://127.0.0.1:{port}/"))
        await soon(lambda: len(asked) == 2, every=0)
        asking.cancel()


async def test_how_far_a_request_came(sessions: HttpSessions) -> None:
    """No connection, a connection, a request that was sent; the next attempt begins anew."""
    sessions.begin()
    assert sessions.how_far == "there is no TCP connection"
    with pytest.raises(aiohttp.ClientError):
        await sessions.make().get("http://127.0.0.1:1/")
    assert sessions.how_far == "there is no TCP connection"

    async def hangs_up(peer: Peer) -> None:
        await peer.request()

    async with hostile(hangs_up) as (port, _):
        with pytest.raises(aiohttp.ClientError):
            await sessions.make().get(f"http://127.0.0.1:{port}/")
    assert sessions.how_far.startswith("TCP is connected and the request was sent")
    sessions.begin()
    assert sessions.how_far == "there is no TCP connection"
