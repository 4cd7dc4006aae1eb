"""The sockets at which a server of aiohttp's listens."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from labkit.transports.http.listening_sockets import start_listening, stop_listening


@pytest.fixture
async def library() -> AsyncIterator[web.Server]:
    """Give the server of an empty application."""
    runner = web.AppRunner(web.Application(), shutdown_timeout=0.05)
    await runner.setup()
    assert runner.server is not None
    yield runner.server
    await runner.cleanup()


async def test_all_or_none(library: web.Server) -> None:
    """Where one address cannot be had, nobody listens at the others."""
    listening: list[asyncio.Server] = []
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="address already in use"):
            await start_listening(library, listening, ["127.0.0.2", "127.0.0.1"], port)
    assert not listening
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=0.5)


async def test_many_may_wait(library: web.Server) -> None:
    """Few are accepted at once, and none of those who come together is turned away."""
    listening: list[asyncio.Server] = []
    await start_listening(library, listening, ["127.0.0.1"], 0)
    address = listening[0].sockets[0].getsockname()[:2]
    waiting = [socket.create_connection(address, timeout=0.5) for _ in range(100)]
    await stop_listening(listening)
    assert not listening
    for each in waiting:
        each.close()
