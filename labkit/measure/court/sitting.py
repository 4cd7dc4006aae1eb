"""A sitting: one experiment in court, opened, measured as often as it takes, and closed.

All of it happens in one task, so that whatever an instrument opens is closed by the task that
opened it. Each step is bounded, and what goes wrong in it concerns this experiment alone.
"""

from __future__ import annotations

import asyncio
import math
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from labkit.clock import clock
from labkit.exceptions import LabError
from labkit.measure.court.claim import Part
from labkit.measure.court.experiment import Experiment, Figures, Measure
from labkit.measure.court.verdict import find
from labkit.observable import Observable
from labkit.untrusted import plain_text

OPENING = 30.0
"""Seconds (scaled, at least as many) in which an experiment starts what it measures."""

REPEAT = 30.0
"""Seconds (scaled, at least as many) that one repeat takes."""

CLOSING = 15.0
"""Seconds (scaled, at least as many) in which an experiment ends what it started."""

MAX_WHY = 200
"""Characters of a reason that are shown."""

Turn = AbstractAsyncContextManager[Any]


class Sitting:
    """One experiment in court.

    Parameters
    ----------
    name
        The experiment's name.
    experiment
        The experiment.
    repeats
        How often it is measured.
    parts
        The parts of claims that are judged by it.

    Attributes
    ----------
    figures
        Those of each repeat so far.
    wanted
        How many repeats there will be.
    why
        Why it could not be measured, otherwise "".
    is_at_work
        Whether it opens, measures or closes at this moment.
    changes
        Notified when any of these has changed.
    """

    def __init__(
        self, name: str, experiment: Experiment, repeats: int, parts: Sequence[Part]
    ) -> None:
        self.name = name
        self.experiment = experiment
        self.figures: list[Figures] = []
        self.wanted = repeats
        self.why = ""
        self.is_at_work = False
        self.changes = Observable()
        self._parts = parts

    async def run(self, turn: Turn) -> None:
        """Measure; what goes wrong is told by `why`.

        Parameters
        ----------
        turn
            Entered for each step: a lock lets several sittings take turns, step by step.
        """
        try:
            await self._run(turn)
        except Exception as error:  # whatever an instrument raises
            self._fail(_explained(error))
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise  # the learner interrupts the cell
            self._fail("it was cancelled.")
        self.changes.notify()

    def _fail(self, why: str) -> None:
        self.figures.clear()
        self.wanted = 0
        self.why = why

    async def _run(self, turn: Turn) -> None:
        opened = self.experiment.open()
        async with turn, self._step(OPENING, "starting it"):
            measure = await opened.__aenter__()
        try:
            await self._repeat(measure, turn)
            if self._straddles():
                self.wanted *= 2
                await self._repeat(measure, turn)
        finally:
            async with turn, self._step(CLOSING, "ending it"):
                await opened.__aexit__(*sys.exc_info())

    async def _repeat(self, measure: Measure, turn: Turn) -> None:
        while len(self.figures) < self.wanted:
            async with turn, self._step(REPEAT, "measuring it once"):
                figures = await measure()
            _check(figures, self._parts)
            self.figures.append(figures)
            self.changes.notify()

    def _straddles(self) -> bool:
        """Return whether a part needs more repeats: its rest lies on both sides of its line."""
        return any(find(part, self.figures).straddles for part in self._parts if not part.exact)

    @asynccontextmanager
    async def _step(self, seconds: float, what: str) -> AsyncIterator[None]:
        seconds = max(seconds, clock.seconds(seconds))
        self.is_at_work = True
        self.changes.notify()
        try:
            async with asyncio.timeout(seconds) as bound:
                yield
        except TimeoutError as error:
            if not bound.expired():
                raise
            raise LabError(f"{what} took longer than {seconds:g} s.") from error
        finally:
            self.is_at_work = False


def _check(figures: Figures, parts: Sequence[Part]) -> None:
    """Raise LabError unless all figures are numbers, and those of all parts are there."""
    for figure, values in figures.items():
        for subject, value in values.items():
            if not 0 <= value < math.inf:
                raise LabError(f"its figure {figure!r} of {subject!r} is {value!r}.")
    for part in parts:
        for subject in filter(None, (part.more, part.less)):
            if subject not in figures.get(part.figure, {}):
                raise LabError(f"it gives no figure {part.figure!r} of {subject!r}.")


def _explained(error: Exception) -> str:
    words = str(error).strip().partition("\n")[0]
    if not isinstance(error, LabError):
        words = f"{type(error).__name__}: {words}" if words else type(error).__name__
    return plain_text(words, MAX_WHY)
