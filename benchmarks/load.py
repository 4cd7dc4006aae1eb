"""The finished chat under load, and the same handler on bare `websockets`: what got lost?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median

import psutil

from benchmarks.crowd import Outcome, crowd, play
from benchmarks.fan_out import bare_server
from benchmarks.worker import Measure, Worker

SLOWER = 1.5
"""How many times as long as the bare library's the finished chat may take."""


@dataclass(frozen=True)
class Round:
    """An outcome, and by how much the server's memory grew meanwhile, in bytes."""

    outcome: Outcome
    grown: int


@asynccontextmanager
async def _measured(port: int, clients: int, texts: int) -> AsyncIterator[Measure]:
    server = psutil.Process()
    async with crowd(f"ws://127.0.0.1:{port}/", clients) as running:

        async def measure() -> Round:
            before = server.memory_info().rss
            outcome = await play(running, senders=clients, texts=texts)
            return Round(outcome, server.memory_info().rss - before)

        yield measure


@asynccontextmanager
async def _bare(clients: int, texts: int) -> AsyncIterator[Measure]:
    async with bare_server() as port, _measured(port, clients, texts) as measure:
        yield measure


@asynccontextmanager
async def _chat(clients: int, texts: int) -> AsyncIterator[Measure]:
    import labkit as lab

    async with _measured((await lab.serve("websocket")).port, clients, texts) as measure:
        yield measure
    await lab.finish()
    await lab.close()


def bare_50() -> object:
    """50 people, 100 texts each, with the library alone."""
    return _bare(50, 100)


def chat_50() -> object:
    """50 people, 100 texts each, in the finished chat."""
    return _chat(50, 100)


def bare_200() -> object:
    """200 people, 20 texts each, with the library alone."""
    return _bare(200, 20)


def chat_200() -> object:
    """200 people, 20 texts each, in the finished chat."""
    return _chat(200, 20)


CASES = {"50 people say 100 texts": (chat_50, bare_50), "200 say 20": (chat_200, bare_200)}


def report(repeats: int) -> bool:
    """Measure and print a table; return whether nothing was lost and it was fast enough."""
    print(
        "| | deliveries | lost | out of order | chat | bare | times as long | server grew |\n"
        "|---|---|---|---|---|---|---|---|"
    )
    kept = True
    for title, (chat, bare) in CASES.items():
        with Worker(chat) as ours, Worker(bare) as theirs:
            pairs = [(ours.measure(), theirs.measure()) for _ in range(repeats)]
        rounds: list[Round] = [each for each, _ in pairs]
        outcomes = [each.outcome for each in rounds]
        lost = sum(each.expected - each.delivered for each in outcomes)
        disordered = sum(each.disordered for each in outcomes)
        slower = median(a.outcome.seconds / b.outcome.seconds for a, b in pairs)
        kept = kept and not lost and not disordered and slower <= SLOWER
        print(
            f"| {title} | {repeats} x {outcomes[0].expected:,} | {lost} | {disordered} "
            f"| {median(each.seconds for each in outcomes):.1f} s "
            f"| {median(b.outcome.seconds for _, b in pairs):.1f} s | **{slower:.2f}** "
            f"| {max(each.grown for each in rounds) / 2**20:.0f} MiB |",
            flush=True,
        )
    return kept
