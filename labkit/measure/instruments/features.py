"""How much there is to write for a feature on each stack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from labkit.exceptions import LabError
from labkit.measure.court.experiment import Experiment, Figures, Measure
from labkit.measure.features.acceptance import accept
from labkit.measure.features.logical_lines import count_logical_lines
from labkit.measure.features.sources import FEATURES, STACKS, find_source, load_source
from labkit.measure.features.stage import Broken


async def _measure() -> Figures:
    """Return the logical lines of each feature's files, all of which have been proved to work."""
    figures: dict[str, dict[str, float]] = {}
    for feature in FEATURES:
        lines = figures[feature] = {}
        for stack in STACKS:
            path = find_source(stack, feature)
            try:
                await accept(feature, load_source(path))
            except Broken as error:
                raise LabError(
                    f"The file {stack}/{path.name} does not do what it has to, so its lines are "
                    f"not counted: {error}. Change it back, or look at what it does."
                ) from error
            lines[stack] = count_logical_lines(path.read_text("utf-8"))
    return figures


@asynccontextmanager
async def _open() -> AsyncIterator[Measure]:
    yield _measure


EXPERIMENT = Experiment(
    open=_open,
    topology="server and clients in the kernel's process, which the count does not depend on",
    repeats=1,
    load="any",
)
"""Figures: each feature by its name, in logical lines, of "websocket" and "socketio"."""
