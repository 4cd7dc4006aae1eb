"""Round trips of a message over a long way, where the libraries' work hardly counts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from statistics import median

from labkit.measure.court.experiment import Experiment, Figures, Measure
from labkit.measure.instruments.far import TOPOLOGY, open_far_links
from labkit.measure.instruments.pairs import Turns, run_pairs
from labkit.measure.subject import SOCKETIO, WEBSOCKET, Subject

TEXT = "x" * 32

ROUND_TRIPS = 10
"""For each subject and repeat."""

BLOCKS = 2


@asynccontextmanager
async def open_far_echo(
    subjects: Sequence[Subject] = (WEBSOCKET, SOCKETIO), round_trips: int = ROUND_TRIPS
) -> AsyncIterator[Measure]:
    """Run servers that echo, far away, and give what measures round trips, one at a time.

    Its figure: "latency", the median in ms.
    """
    async with run_pairs(subjects) as pairs, open_far_links(pairs) as ports:
        turns = Turns(pairs)
        for pair in pairs:
            await pair.connect(ports[pair.name])

        async def measure() -> Figures:
            seconds: dict[str, list[float]] = {pair.name: [] for pair in pairs}
            for pair in turns.take(BLOCKS):
                seconds[pair.name] += await pair.echo(round_trips // BLOCKS, TEXT)
            return {"latency": {name: median(each) * 1e3 for name, each in seconds.items()}}

        yield measure


EXPERIMENT = Experiment(
    open_far_echo,
    topology=f"{TOPOLOGY}; 32 characters there and back, after the upgrade",
    repeats=7,
    load="waits",
)
