"""Experiments of the court without sockets, which say what was done with them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from labkit.measure.court.claim import Claim, Part
from labkit.measure.court.experiment import Experiment, Figures, Load


async def nothing() -> None:
    """Do nothing, without a turn of the loop."""


@dataclass
class Stub:
    """An experiment that gives ratios which a test has written down, in their order.

    Attributes
    ----------
    log
        What was done: "open echo", "echo", "close echo"; several may share it.
    before
        Awaited at "open", "measure" or "close", before that is done.
    """

    name: str = "echo"
    ratios: tuple[float, ...] = (2.0,)
    repeats: int = 7
    load: Load = "alone"
    log: list[str] = field(default_factory=list)
    before: dict[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)

    @property
    def experiment(self) -> Experiment:
        """Return it as an experiment."""
        return Experiment(self._open, "all in one process", self.repeats, self.load)

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[Callable[[], Awaitable[Figures]]]:
        ratios = iter(self.ratios * 200)

        async def measure() -> Figures:
            await self.before.get("measure", nothing)()
            self.log.append(self.name)
            return {"latency": {"socketio": next(ratios), "websocket": 1.0}}

        await self.before.get("open", nothing)()
        self.log.append(f"open {self.name}")
        try:
            yield measure
        finally:
            await self.before.get("close", nothing)()
            self.log.append(f"close {self.name}")


def claim(id: str = "latency.connected", *experiments: str, exact: bool = False) -> Claim:
    """Return a claim that Socket.IO is slower, by the stubs of these names."""
    parts = tuple(
        Part(name, name, "latency", "ms", "socketio", "websocket", exact=exact)
        for name in experiments or ("echo",)
    )
    return Claim(id, f"Text of {id}.", "People", "https://example.org/", "Counted.", parts)
