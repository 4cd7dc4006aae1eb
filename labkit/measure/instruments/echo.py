"""Round trips of a message on this machine: how long they take, and how much the server works."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from statistics import fmean, median, quantiles

from labkit.measure.court.experiment import Experiment, Figures, Measure
from labkit.measure.instruments.pairs import BLOCKS, Pair, Turns, run_pairs
from labkit.measure.subject import SOCKETIO, WEBSOCKET, Subject

TEXT = "x" * 32

ROUND_TRIPS = 1000
"""For each subject and repeat."""

WARM_UP = 50
"""Round trips of a new connection that do not count."""


@asynccontextmanager
async def open_echo(
    subjects: Sequence[Subject] = (WEBSOCKET, SOCKETIO), round_trips: int = ROUND_TRIPS
) -> AsyncIterator[Measure]:
    """Run servers that echo, and give what measures round trips, one at a time.

    Its figures: "latency", the median in ms, "p99 (ms)", "mean (ms)", and "cpu", the us for which
    the server's processor works for a message and its echo.
    """
    async with run_pairs(subjects) as pairs:
        turns = Turns(pairs)

        async def measure() -> Figures:
            seconds: dict[str, list[float]] = {pair.name: [] for pair in pairs}
            cpu = dict.fromkeys(seconds, 0.0)
            for pair in pairs:
                await pair.connect()
                await pair.echo(WARM_UP, TEXT)
            for pair in turns.take():
                cpu[pair.name] += await _measure_block(pair, round_trips // BLOCKS, seconds)
            for pair in pairs:
                await pair.close()
            return {
                "latency": {name: median(each) * 1e3 for name, each in seconds.items()},
                "p99 (ms)": {
                    name: quantiles(each, n=100)[-1] * 1e3 for name, each in seconds.items()
                },
                "mean (ms)": {name: fmean(each) * 1e3 for name, each in seconds.items()},
                "cpu": {name: cpu[name] / len(each) * 1e6 for name, each in seconds.items()},
            }

        yield measure


async def _measure_block(pair: Pair, times: int, seconds: dict[str, list[float]]) -> float:
    """Add the seconds of some round trips, and return those of the server's processor."""
    before = await pair.server.read_cpu()
    seconds[pair.name] += await pair.echo(times, TEXT)
    return await pair.server.read_cpu() - before


EXPERIMENT = Experiment(
    open_echo,
    topology=(
        "one client at a time, with the library's client, and the server, each in a process of its "
        "own on this machine; 32 characters there and back, after the upgrade"
    ),
    repeats=7,
    load="alone",
)
