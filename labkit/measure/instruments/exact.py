"""Experiments whose figures are the same each time, however busy the machine is.

Their servers, clients and links run on the kernel's event loop, where the links keep the record of
what crossed. Each repeat has a bench of its own, which closes at its end, or when the court is
interrupted.

What is too slow for the bounds of its waits, on a machine that is too busy, gives no figure. As no
figure depends on the load, it is measured again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from labkit import bench
from labkit.bench import Bench
from labkit.exceptions import LabError
from labkit.measure.court.experiment import Experiment, Figures, Measure

TOPOLOGY = "servers and clients in one process, a link between them"
"""What runs where."""

ATTEMPTS = 3
"""How often an experiment is tried before its error is raised."""


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

    async def measure_until_it_fits() -> Figures:
        for _ in range(ATTEMPTS - 1):
            with suppress(LabError):
                return await measure_on_child()
        return await measure_on_child()

    @asynccontextmanager
    async def open_() -> AsyncIterator[Measure]:
        yield measure_until_it_fits

    return Experiment(open_, topology, repeats=1, load="loop")
