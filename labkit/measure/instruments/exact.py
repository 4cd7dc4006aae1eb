"""Experiments whose figures are the same each time, however busy the machine is.

Their servers, clients and links run on the kernel's event loop, where the links keep the record of
what crossed. Each repeat has a bench of its own, which closes at its end, or when the court is
interrupted.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from labkit import bench
from labkit.bench import Bench
from labkit.measure.court.experiment import Experiment, Figures, Measure

TOPOLOGY = "servers and clients in one process, a link between them"
"""What runs where."""


def exact(measure: Callable[[Bench], Awaitable[Figures]], topology: str = TOPOLOGY) -> Experiment:
    """Return an experiment that is measured once.

    Parameters
    ----------
    measure
        Measures on a bench, which is the current one, and which closes then.
    topology
        What runs where.
    """

    async def measure_on_child() -> Figures:
        async with bench.current().child("an experiment of the court") as child:
            return await measure(child)

    @asynccontextmanager
    async def open_() -> AsyncIterator[Measure]:
        yield measure_on_child

    return Experiment(open_, topology, repeats=1, load="any")
