"""The finished chat under load, and the same handler on the bare library: what got lost?

Both have the heartbeat of the chat. The library times a ping from when it is put behind all that
waits for a client; on a machine that is busy with other things, whoever is behind by more than five
seconds is taken for dead, on both.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from statistics import median

import psutil

from benchmarks.crowd import Kind, crowd, play
from benchmarks.load import SLOWER, Round
from benchmarks.socketio.servers import bare, hosted, relaying
from benchmarks.worker import Measure, Worker

CASES: dict[str, tuple[Kind, int, int]] = {
    "100 people say 20 texts, WebSocket": ("websocket", 100, 20),
    "50 say 40, polling": ("polling", 50, 40),
}


@asynccontextmanager
async def _measured(
    serving: AbstractAsyncContextManager[str], kind: Kind, people: int, texts: int
) -> AsyncIterator[Measure]:
    server = psutil.Process()
    async with serving as url, crowd(url, people, kind) as running:

        async def measure() -> Round:
            before = server.memory_info().rss
            outcome = await play(running, senders=people, texts=texts)
            return Round(outcome, server.memory_info().rss - before)

        yield measure


def in_chat(kind: Kind, people: int, texts: int) -> AbstractAsyncContextManager[Measure]:
    """Load on the finished chat."""
    return _measured(hosted("socketio"), kind, people, texts)


def on_bare(kind: Kind, people: int, texts: int) -> AbstractAsyncContextManager[Measure]:
    """Load on the library alone."""
    return _measured(bare(relaying()), kind, people, texts)


def report(repeats: int) -> bool:
    """Measure and print a table; return whether nothing was lost and it was fast enough."""
    print(
        "| | deliveries | lost, chat / bare | out of order | chat | bare | times as long "
        "| server grew, chat / bare |\n|---|---|---|---|---|---|---|---|"
    )
    kept = True
    for title, case in CASES.items():
        pairs: list[tuple[Round, Round]] = []
        for _ in range(repeats):  # a new process each time: who was lost stays lost
            with Worker(partial(in_chat, *case)) as ours:
                first = ours.measure()
            with Worker(partial(on_bare, *case)) as theirs:
                pairs.append((first, theirs.measure()))
        sides = list(zip(*pairs, strict=True))
        lost = [sum(r.outcome.expected - r.outcome.delivered for r in side) for side in sides]
        disordered = [sum(r.outcome.disordered for r in side) for side in sides]
        seconds = [median(r.outcome.seconds for r in side) for side in sides]
        grown = [max(r.grown for r in side) / 2**20 for side in sides]
        slower = median(a.outcome.seconds / b.outcome.seconds for a, b in pairs)
        kept = kept and not lost[0] and not disordered[0] and slower <= SLOWER
        print(
            f"| {title} | {repeats} x {pairs[0][0].outcome.expected:,} | {lost[0]} / {lost[1]} "
            f"| {disordered[0]} / {disordered[1]} | {seconds[0]:.1f} s | {seconds[1]:.1f} s "
            f"| **{slower:.2f}** | {grown[0]:.0f} / {grown[1]:.0f} MiB |",
            flush=True,
        )
    return kept
