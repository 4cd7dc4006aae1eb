"""What a fault costs that never acts: an echo through a link with it, and through one without."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from benchmarks.echo import TEXT, client_at, limited_server, pipelined, round_trips
from benchmarks.ratios import Pair
from benchmarks.worker import Measure, Subject
from labkit.faults import Drop, Fault, NoOp

EVENT = f'42["message","{TEXT}"]'
"""As Socket.IO writes it; the fault that selects by event reads it, and the server echoes it."""


@asynccontextmanager
async def damaged(fault: Fault | None, is_fast: bool, is_event: bool) -> AsyncIterator[Measure]:
    """Measure round trips, or pipelined messages, through a link on which a fault acts, or none."""
    from labkit.links import Link

    measure = pipelined if is_fast else round_trips
    query, text = ("?EIO=4", EVENT) if is_event else ("", TEXT)
    async with limited_server() as server, Link(lambda: ("127.0.0.1", server), "link") as link:
        if fault is not None:
            link.add(fault)
        async with client_at(link.port, query) as client:
            yield lambda: measure(client, text)


def pairs(title: str, fault: Fault, least: float) -> tuple[Pair, Pair]:
    """Return round trips and pipelined messages with a fault beside those without."""
    is_event = isinstance(fault, Drop) and fault.event is not None

    def subject(fault: Fault | None, is_fast: bool) -> Subject:
        return partial(damaged, fault, is_fast, is_event)

    return (
        Pair(f"{title}, round trips", "/s", subject(fault, False), subject(None, False), least),
        Pair(f"{title}, pipelined", "/s", subject(fault, True), subject(None, True), least),
    )


FAULTS = (
    *pairs("byte fault", NoOp(), 0.9),
    *pairs("message fault by kind", Drop(kind="binary"), 0.85),
    *pairs("message fault by text", Drop(text="never said"), 0.7),
    *pairs("message fault by event", Drop(event="never sent"), 0.7),
)
