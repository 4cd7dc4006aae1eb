"""Round trips of a message over a long way, where the libraries' work hardly counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from statistics import median

from labkit.measure.court.experiment import Experiment, Figures, Measure
from labkit.measure.instruments.far import TOPOLOGY, open_far_links
from labkit.measure.instruments.pairs import run_pairs
from labkit.measure.subject import SOCKETIO, WEBSOCKET, Subject

TEXT = "x" * 32

ROUND_TRIPS = 20
"""For each subject and repeat."""


@asynccontextmanager
async def open_far_echo(
    subjects: Sequence[Subject] = (WEBSOCKET, SOCKETIO), round_trips: int = ROUND_TRIPS
) -> AsyncIterator[Measure]:
    """Run servers that echo, far away, and give what measures round trips.

    Its figure: "latency", the median in ms. All subjects are measured at the same time: each of
    them mostly waits, and what else the machine does delays them alike.
    """
    async with run_pairs(subjects) as pairs, open_far_links(pairs) as ports:
        for pair in pairs:
            await pair.connect(ports[pair.name])

        async def measure() -> Figures:
            seconds = await asyncio.gather(*(pair.echo(round_trips, TEXT) for pair in pairs))
            figures = zip(pairs, map(median, seconds), strict=True)
            return {"latency": {pair.name: figure * 1e3 for pair, figure in figures}}

        yield measure


EXPERIMENT = Experiment(
    open_far_echo,
    topology=f"{TOPOLOGY}; 32 characters there and back, after the upgrade",
    repeats=7,
    load="waits",
)
