"""How many round trips a client needs to connect."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from labkit.measure.court.experiment import Experiment, Figures, Measure
from labkit.measure.instruments.far import ROUND_TRIP, TOPOLOGY, open_far_links
from labkit.measure.instruments.pairs import Turns, run_pairs
from labkit.measure.subject import SOCKETIO, SOCKETIO_WEBSOCKET, WEBSOCKET, Subject

BEFORE_TIME = 0.2
"""A connection that is early by up to this part of a round trip is not: it is rounding."""


@asynccontextmanager
async def open_connecting(
    subjects: Sequence[Subject] = (WEBSOCKET, SOCKETIO_WEBSOCKET, SOCKETIO),
) -> AsyncIterator[Measure]:
    """Run servers far away, and give what connects a client to each.

    Its figures: "round trips", whole ones, and "time (ms)". They are counted by the time, not by
    the turns in a record: of parallel requests, that would count too many. The first connection,
    for which a library loads modules, does not count.
    """
    async with run_pairs(subjects) as pairs, open_far_links(pairs) as ports:
        turns = Turns(pairs)
        for pair in pairs:
            await pair.connect(ports[pair.name])
            await pair.close()

        async def measure() -> Figures:
            seconds = {}
            for pair in turns.take(1):
                seconds[pair.name] = await pair.connect(ports[pair.name])
                await pair.close()
            return {
                "round trips": {name: count_round_trips(each) for name, each in seconds.items()},
                "time (ms)": {name: each * 1e3 for name, each in seconds.items()},
            }

        yield measure


def count_round_trips(seconds: float) -> int:
    """Return how many whole round trips are in a time.

    Examples
    --------
    >>> [count_round_trips(seconds) for seconds in (0.0495, 0.065, 0.205)]
    [1, 1, 4]
    """
    return int(seconds / ROUND_TRIP + BEFORE_TIME)


EXPERIMENT = Experiment(
    open_connecting,
    topology=(
        f"{TOPOLOGY}. The link accepts TCP connections at once, which on a real network would take "
        "one more round trip each: one for WebSocket, and two for Socket.IO, which opens a second "
        "one to upgrade"
    ),
    repeats=7,
    load="waits",
)
