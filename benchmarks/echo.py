"""Round trips and pipelined messages with a server that echoes, all in one process and loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve

from benchmarks.worker import Measure
from labkit.sockets.read_limit import limit_reads

TEXT = "x" * 32
ROUND_TRIPS = 2000
PIPELINED = 6000


async def handler(connection: Any) -> None:
    """Echo, as the documentation of `websockets` writes it."""
    async for message in connection:
        await connection.send(message)


async def round_trips(client: ClientConnection, text: str = TEXT) -> float:
    """Return round trips a second, one after the other."""
    started = time.perf_counter()
    for _ in range(ROUND_TRIPS):
        await client.send(text)
        await client.recv()
    return ROUND_TRIPS / (time.perf_counter() - started)


async def pipelined(client: ClientConnection, text: str = TEXT) -> float:
    """Return messages a second that go there and back, sent without waiting for an answer."""
    started = time.perf_counter()
    for _ in range(PIPELINED // 50):
        for _ in range(50):
            await client.send(text)
        for _ in range(50):
            await client.recv()
    return PIPELINED / (time.perf_counter() - started)


@asynccontextmanager
async def bare_server() -> AsyncIterator[int]:
    """Serve the handler with the library alone, with the settings of labkit's server."""
    async with serve(handler, "127.0.0.1", 0, compression=None, ping_interval=5) as server:
        yield server.sockets[0].getsockname()[1]


class _Limited(ServerConnection):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        limit_reads(transport)
        super().connection_made(transport)


@asynccontextmanager
async def limited_server() -> AsyncIterator[int]:
    """Serve the handler with the library alone, but read as little at a time as labkit does.

    Otherwise a measurement shows the allocator: see `labkit.sockets.read_limit`.
    """
    settings = {"compression": None, "ping_interval": 5, "create_connection": _Limited}
    async with serve(handler, "127.0.0.1", 0, **settings) as server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def limited_round_trips() -> AsyncIterator[Measure]:
    """Round trips with the library alone, reading as labkit does."""
    async with limited_server() as port, client_at(port) as client:
        yield lambda: round_trips(client)


@asynccontextmanager
async def limited_pipelined() -> AsyncIterator[Measure]:
    """Pipelined messages with the library alone, reading as labkit does."""
    async with limited_server() as port, client_at(port) as client:
        yield lambda: pipelined(client)


@asynccontextmanager
async def hosted_server() -> AsyncIterator[int]:
    """Let labkit host the handler."""
    import labkit as lab

    server = await lab.serve(handler)
    yield server.port
    await lab.close()


@asynccontextmanager
async def client_at(port: int, query: str = "") -> AsyncIterator[ClientConnection]:
    """Connect the library's client, which reads as labkit's does."""
    url = f"ws://127.0.0.1:{port}/{query}"
    async with connect(url, proxy=None, compression=None, ping_interval=None) as client:
        limit_reads(client.transport)
        yield client


@asynccontextmanager
async def bare_round_trips() -> AsyncIterator[Measure]:
    """Round trips with the library alone."""
    async with bare_server() as port, client_at(port) as client:
        yield lambda: round_trips(client)


@asynccontextmanager
async def bare_pipelined() -> AsyncIterator[Measure]:
    """Pipelined messages with the library alone."""
    async with bare_server() as port, client_at(port) as client:
        yield lambda: pipelined(client)


@asynccontextmanager
async def hosted_round_trips() -> AsyncIterator[Measure]:
    """Round trips with a handler that labkit hosts."""
    async with hosted_server() as port, client_at(port) as client:
        yield lambda: round_trips(client)


@asynccontextmanager
async def hosted_pipelined() -> AsyncIterator[Measure]:
    """Pipelined messages with a handler that labkit hosts."""
    async with hosted_server() as port, client_at(port) as client:
        yield lambda: pipelined(client)
