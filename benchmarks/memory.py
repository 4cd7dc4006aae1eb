"""What an idle connection costs the server, and what a reader that freezes costs it."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median

import psutil
from websockets.asyncio.client import connect

from benchmarks.crowd import crowd
from benchmarks.fan_out import bare_server
from benchmarks.worker import Measure, Worker

IDLE = 500
BIG = "x" * 100_000


def resident() -> int:
    """Return the bytes of memory that this process holds."""
    gc.collect()
    return int(psutil.Process().memory_info().rss)


@asynccontextmanager
async def _idle(port: int) -> AsyncIterator[Measure]:
    url = f"ws://127.0.0.1:{port}/"
    async with crowd(url, 50):  # the first connections pay for imports and pools
        pass

    async def measure() -> float:
        """Return KiB for each connection."""
        before = resident()
        async with crowd(url, IDLE):
            return (resident() - before) / IDLE / 1024

    yield measure


@asynccontextmanager
async def idle_bare() -> AsyncIterator[Measure]:
    """500 idle clients of the library alone, compression off as in labkit's server."""
    async with bare_server() as port, _idle(port) as measure:
        yield measure


@asynccontextmanager
async def idle_hosted() -> AsyncIterator[Measure]:
    """500 idle clients of the finished chat."""
    import labkit as lab

    async with _idle((await lab.serve("websocket")).port) as measure:
        yield measure
    await lab.close()


@asynccontextmanager
async def frozen() -> AsyncIterator[Measure]:
    """Somebody stops to read while somebody else talks to everybody."""
    import labkit as lab

    server = await lab.serve("websocket")

    async def measure() -> tuple[int, int, int, int]:
        """Return MiB before, at most and after, and how many messages the others lost."""
        url = server.url
        settings = {"proxy": None, "compression": None}
        async with connect(url, **settings) as talker, connect(url, **settings) as listener:
            loop = asyncio.get_running_loop()
            with socket.create_connection(("127.0.0.1", server.port)) as silent:
                silent.setblocking(False)
                await loop.sock_sendall(silent, _HANDSHAKE)
                await server.changes.until(lambda: len(server.connections) == 3, within=5)
                before = highest = resident()
                said = heard = 0
                await listener.recv()
                while len(server.connections) == 3:
                    await talker.send(BIG)
                    said += 1
                    heard += await listener.recv() == BIG
                    highest = max(highest, resident())
            return (*(size // 2**20 for size in (before, highest, resident())), said - heard)

    yield measure
    await lab.close()


_HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def report(repeats: int) -> bool:
    """Measure and print."""
    hosted, bare = [], []
    for _ in range(repeats):  # a new process each time: memory that was used once is used again
        for subject, figures in ((idle_hosted, hosted), (idle_bare, bare)):
            with Worker(subject) as worker:
                figures.append(worker.measure())
    print(
        f"An idle connection ({IDLE} at once): {median(hosted):.1f} KiB in the "
        f"finished chat, {median(bare):.1f} KiB in bare `websockets`, "
        f"{median(hosted) / median(bare):.2f} times as much."
    )
    with Worker(frozen) as worker:
        rows = [worker.measure() for _ in range(repeats)]
    for before, highest, after, lost in rows:
        print(
            f"A reader that froze under a broadcast: {before} MiB before, {highest} MiB at most, "
            f"{after} MiB after it was dropped; the others lost {lost} messages."
        )
    return all(lost == 0 and highest - before < 48 for before, highest, _, lost in rows)
