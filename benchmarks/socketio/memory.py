"""What an idle connection costs the server, on both of its transports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from statistics import median

from benchmarks.crowd import Kind, crowd
from benchmarks.memory import resident
from benchmarks.socketio.servers import bare, hosted, relaying
from benchmarks.worker import Measure, Worker

IDLE = 200
WARMED = 50
"""Connections that come and go first: they pay for imports and pools."""

SETTLED = 1.0
"""Seconds in which everybody's poll arrives; before, there are sessions with no connection."""


@asynccontextmanager
async def _idle(serving: AbstractAsyncContextManager[str], kind: Kind) -> AsyncIterator[Measure]:
    async with serving as url:
        async with crowd(url, WARMED, kind):
            await asyncio.sleep(SETTLED)

        async def measure() -> float:
            """Return KiB for each connection."""
            before = resident()
            async with crowd(url, IDLE, kind):
                await asyncio.sleep(SETTLED)
                return (resident() - before) / IDLE / 1024

        yield measure


def idle_bare(kind: Kind) -> AbstractAsyncContextManager[Measure]:
    """Idle people on the library alone."""
    return _idle(bare(relaying()), kind)


def idle_hosted(kind: Kind) -> AbstractAsyncContextManager[Measure]:
    """Idle people in the finished chat."""
    return _idle(hosted("socketio"), kind)


def report(repeats: int) -> bool:
    """Measure and print a table."""
    print(f"| {IDLE} idle connections, KiB for each | chat | bare | times as much |")
    print("|---|---|---|---|")
    kinds: tuple[Kind, ...] = ("websocket", "polling")
    for kind in kinds:
        pairs = []
        for _ in range(repeats):  # a new process each time, as for raw WebSocket
            with Worker(partial(idle_hosted, kind)) as ours:
                first = ours.measure()
            with Worker(partial(idle_bare, kind)) as theirs:
                pairs.append((first, theirs.measure()))
        chat, alone = (median(column) for column in zip(*pairs, strict=True))
        times = median(a / b for a, b in pairs)
        print(f"| {kind} | {chat:.1f} | {alone:.1f} | **{times:.2f}** |", flush=True)
    return True
