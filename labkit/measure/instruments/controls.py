"""How much each stack lets an application set or see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from labkit.measure.controls.items import ITEMS, Kind, try_items
from labkit.measure.court.experiment import Experiment, Figures, Measure
from labkit.measure.features.sources import STACKS

FIGURES: dict[str, Kind] = {"items": "protocol", "items above the protocol": "application"}


async def _measure() -> Figures:
    """Return how many items each stack has, all of which have been tried."""
    found = {stack: await try_items(stack) for stack in STACKS}
    return {
        figure: {
            stack: sum(found[stack][item.name] for item in ITEMS if item.kind == kind)
            for stack in STACKS
        }
        for figure, kind in FIGURES.items()
    }


@asynccontextmanager
async def _open() -> AsyncIterator[Measure]:
    yield _measure


EXPERIMENT = Experiment(
    open=_open,
    topology="server and client in the kernel's process, which the count does not depend on",
    repeats=1,
    load="any",
)
"""Figures: "items", and beside it "items above the protocol", of "websocket" and "socketio"."""
