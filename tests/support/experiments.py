"""Measuring an experiment of the court once."""

from __future__ import annotations

import asyncio

from labkit import bench
from labkit.measure.court.experiment import Experiment, Figures


async def measured(experiment: Experiment) -> Figures:
    """Return the figures of one repeat, after which nothing is left on the bench."""
    before = asyncio.all_tasks()
    async with experiment.open() as measure:
        figures = await measure()
    lab = bench.current()
    assert not (lab.servers or lab.clients or lab.links or lab.take_errors())
    assert asyncio.all_tasks() <= before
    return figures
