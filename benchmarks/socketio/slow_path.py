"""A path that takes its time: a relay that keeps each chunk for a while, in order.

It accepts connections at once, so TCP's own round trip stays hidden; on a real path each new
connection takes one more.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

DELAY = 0.05
"""Seconds each way."""


class _Side(asyncio.Protocol):
    """Writes what it reads into the other side, `DELAY` later."""

    def __init__(self) -> None:
        self.other: _Side | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        asyncio.get_running_loop().call_later(DELAY, self._pass_on, data)

    def connection_lost(self, exc: Exception | None) -> None:
        asyncio.get_running_loop().call_later(DELAY, self._end)

    def _pass_on(self, data: bytes) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.write(data)

    def _end(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.close()


@asynccontextmanager
async def slow_path(port: int) -> AsyncIterator[int]:
    """Relay to a port; yields the port to dial instead."""
    loop = asyncio.get_running_loop()
    dialling: set[asyncio.Task[object]] = set()

    def accept() -> _Side:
        near, far = _Side(), _Side()
        near.other, far.other = far, near
        task = loop.create_task(loop.create_connection(lambda: far, "127.0.0.1", port))
        dialling.add(task)
        task.add_done_callback(dialling.discard)
        return near

    async with await loop.create_server(accept, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
