"""The court: it opens the experiments that claims need, measures in turns, and gives verdicts."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from labkit.exceptions import LabError
from labkit.measure.court.claim import Claim
from labkit.measure.court.experiment import Experiment, Figures
from labkit.measure.court.sitting import Sitting, Turn
from labkit.measure.court.verdict import Verdict, find
from labkit.observable import Observable

REPEATS_VARIABLE = "LABKIT_REPEATS"

MAX_REPEATS = 100
"""Repeats of an experiment that may be asked for."""

BESIDE = 3
"""Experiments that run beside each other, of those whose figures no load changes."""


class Court:
    """Hears claims, once.

    Experiments that other work would disturb take turns, repeat by repeat, so that whatever else
    the machine does hits all of them. Then come those that do not mind, beside each other. An
    experiment that several claims need is measured once.

    Parameters
    ----------
    experiments
        All there are, by name.
    on_measured
        Called with the name, the topology and the repeats of each experiment that has been
        measured: if a hearing is interrupted, these are not lost.

    Attributes
    ----------
    changes
        Notified when something has happened.
    """

    def __init__(
        self,
        experiments: Mapping[str, Experiment],
        on_measured: Callable[[str, str, Sequence[Figures]], None] = lambda *measured: None,
    ) -> None:
        self.changes = Observable()
        self._experiments = experiments
        self._on_measured = on_measured
        self._sittings: dict[str, Sitting] = {}

    @property
    def at_work(self) -> list[Sitting]:
        """The experiments that are measured at this moment."""
        return [sitting for sitting in self._sittings.values() if sitting.is_at_work]

    @property
    def done(self) -> int:
        """How many repeats there were so far, of all experiments."""
        return sum(len(sitting.figures) for sitting in self._sittings.values())

    @property
    def wanted(self) -> int:
        """How many there will be: more, if some turn out to be needed."""
        return sum(sitting.wanted for sitting in self._sittings.values())

    async def hear(self, claims: Iterable[Claim], repeats: int | None = None) -> list[Verdict]:
        """Measure what claims need, and return their verdicts.

        It raises nothing for an experiment that fails: its claims are not measured, and the verdict
        says why.

        Parameters
        ----------
        claims
            The claims.
        repeats
            How often an experiment is measured that is not the same each time; by default as often
            as it says itself.

        Raises
        ------
        LabError
            If `repeats` makes no sense.
        """
        claims = list(claims)
        checked = checked_repeats(repeats)
        names = dict.fromkeys(name for claim in claims for name in claim.experiments)
        self._sittings = {name: self._sitting(name, claims, checked) for name in names}
        alone, beside = list[Sitting](), list[Sitting]()
        for sitting in self._sittings.values():
            experiment = sitting.experiment
            (beside if experiment.may_run_beside(experiment) else alone).append(sitting)
        beside.sort(key=lambda sitting: sitting.experiment.load != "waits")  # these take long
        await self._hear(alone, asyncio.Lock())
        await self._hear(beside, nullcontext(), BESIDE)
        return [self._judge(claim) for claim in claims]

    def _sitting(self, name: str, claims: Sequence[Claim], repeats: int | None) -> Sitting:
        experiment = self._experiments[name]
        often = experiment.repeats
        if repeats is not None and often > 1:
            often = repeats
        parts = [part for claim in claims for part in claim.parts if part.experiment == name]
        sitting = Sitting(name, experiment, often, parts)
        sitting.changes.subscribe(self.changes.notify)
        return sitting

    async def _hear(self, sittings: list[Sitting], turn: Turn, at_once: int = MAX_REPEATS) -> None:
        """Let sittings run; a lock is fair, so each gets its turn as often as the others."""
        slots = asyncio.Semaphore(at_once)

        async def run(sitting: Sitting) -> None:
            async with slots:
                await sitting.run(turn)
            if not sitting.why:
                topology = sitting.experiment.topology
                self._on_measured(sitting.name, topology, tuple(sitting.figures))

        async with asyncio.TaskGroup() as group, turn:  # until all wait for theirs, in their order
            for sitting in sittings:
                group.create_task(run(sitting))
            await asyncio.sleep(0)

    def _judge(self, claim: Claim) -> Verdict:
        sittings = [self._sittings[name] for name in claim.experiments]
        for sitting in sittings:
            if sitting.why:
                return Verdict(claim, why=f"{sitting.name}: {sitting.why}")
        return judge(claim, {sitting.name: sitting.figures for sitting in sittings})


def judge(claim: Claim, repeats: Mapping[str, Sequence[Figures]]) -> Verdict:
    """Return the verdict on a claim, by the repeats of experiments, by name.

    It is "not measured" if one that the claim needs is missing, or gives other figures than those
    that the claim is about: such were measured by another version of labkit.
    """
    try:
        return Verdict(claim, tuple(find(part, repeats[part.experiment]) for part in claim.parts))
    except KeyError:
        return Verdict(claim)


def checked_repeats(repeats: Any) -> int | None:
    """Return how many repeats are asked for; if none are, what the environment says, or None.

    Raises
    ------
    LabError
        If that is not a whole number from 1 on, or is too large.
    """
    given, whence = repeats, "`repeats`"
    if repeats is None:
        given, whence = os.environ.get(REPEATS_VARIABLE) or None, REPEATS_VARIABLE
        if given is not None and given.isdecimal():
            given = int(given)
    if given is None:
        return None
    if not isinstance(given, int) or isinstance(given, bool) or not 1 <= given <= MAX_REPEATS:
        raise LabError(f"{whence} must be a whole number from 1 to {MAX_REPEATS}, not {given!r}.")
    return given
