"""One message to a hundred clients, who live in another process, each said after the other."""

from __future__ import annotations

import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.server import broadcast, serve

from benchmarks.crowd import crowd, play
from benchmarks.worker import Measure

CLIENTS = 100
TEXTS = 200

people: set[Any] = set()


async def handler(connection: Any) -> None:
    """Relay to everybody but the sender, as the documentation of `websockets` writes it."""
    people.add(connection)
    try:
        async for message in connection:
            broadcast(people - {connection}, message)
    finally:
        people.discard(connection)


@asynccontextmanager
async def bare_server() -> AsyncIterator[int]:
    """Serve the handler with the library alone, with the settings of labkit's server."""
    async with serve(handler, "127.0.0.1", 0, compression=None, ping_interval=5) as server:
        yield server.sockets[0].getsockname()[1]


def deliveries(running: Process) -> Measure:
    """Return what lets one of a crowd speak, and measures how its words are relayed."""

    async def measure() -> float:
        """Return deliveries for each second that the server's processor worked."""
        started = time.process_time()
        outcome = await play(running, senders=1, texts=TEXTS)
        assert outcome.delivered == outcome.expected
        return outcome.delivered / (time.process_time() - started)

    return measure


@asynccontextmanager
async def _measured(port: int) -> AsyncIterator[Measure]:
    async with crowd(f"ws://127.0.0.1:{port}/", CLIENTS) as running:
        yield deliveries(running)


@asynccontextmanager
async def bare() -> AsyncIterator[Measure]:
    """Serve the handler with the library alone."""
    async with bare_server() as port, _measured(port) as measure:
        yield measure


@asynccontextmanager
async def hosted() -> AsyncIterator[Measure]:
    """Let labkit host the handler."""
    import labkit as lab

    async with _measured((await lab.serve(handler)).port) as measure:
        yield measure
    await lab.close()
