"""What a link costs: an echo directly and through relays, in one process, all reading alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.echo import client_at, limited_server, pipelined, round_trips
from benchmarks.worker import Measure
from labkit.sockets.read_limit import limit_reads


class _Side(asyncio.Protocol):
    """The least that a relay can be: two protocols that write into each other."""

    other: _Side

    def __init__(self, port: int | None = None) -> None:
        self._dial = port
        self._early: list[bytes] = []
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        limit_reads(transport)
        if self._dial is not None:
            self.other = _Side()
            self.other.other = self
            loop = asyncio.get_running_loop()
            dialling = loop.create_connection(lambda: self.other, "127.0.0.1", self._dial)
            self._dialling = loop.create_task(dialling)
        else:
            for chunk in self.other._early:
                transport.write(chunk)

    def data_received(self, data: bytes) -> None:
        if self.other.transport is None:
            self._early.append(data)
        else:
            self.other.transport.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.other.transport is not None:
            self.other.transport.close()


@asynccontextmanager
async def bare_relay(port: int) -> AsyncIterator[int]:
    """Relay to a port, without a record, faults or back-pressure."""
    loop = asyncio.get_running_loop()
    async with await loop.create_server(lambda: _Side(port), "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def link(port: int) -> AsyncIterator[int]:
    """Relay to a port through a link that records."""
    from labkit.links import Link

    async with Link(lambda: ("127.0.0.1", port), "benchmark") as open_link:
        yield open_link.port


@asynccontextmanager
async def relay_round_trips() -> AsyncIterator[Measure]:
    """Round trips through the least relay."""
    async with limited_server() as server, bare_relay(server) as port, client_at(port) as client:
        yield lambda: round_trips(client)


@asynccontextmanager
async def relay_pipelined() -> AsyncIterator[Measure]:
    """Pipelined messages through the least relay."""
    async with limited_server() as server, bare_relay(server) as port, client_at(port) as client:
        yield lambda: pipelined(client)


@asynccontextmanager
async def link_round_trips() -> AsyncIterator[Measure]:
    """Round trips through a recording link."""
    async with limited_server() as server, link(server) as port, client_at(port) as client:
        yield lambda: round_trips(client)


@asynccontextmanager
async def link_pipelined() -> AsyncIterator[Measure]:
    """Pipelined messages through a recording link."""
    async with limited_server() as server, link(server) as port, client_at(port) as client:
        yield lambda: pipelined(client)
