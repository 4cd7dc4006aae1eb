"""Many runs under many seeds: the first that breaks a promise, made as small as possible."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import replace
from typing import Any, Literal

from labkit.clock import clock
from labkit.delivery.cast import Parts
from labkit.delivery.failing_part import FailingPart
from labkit.delivery.finding import FindingKind, Verdict
from labkit.delivery.legs import Leg, checked_leg
from labkit.delivery.promise import Promise
from labkit.delivery.run import PATIENCE, Run
from labkit.delivery.simplify import simplify, with_pauses
from labkit.delivery.steps import Steps
from labkit.delivery.tally import Tally, count_runs
from labkit.delivery.workload import workload
from labkit.exceptions import LabError
from labkit.faults.scope import check_seed
from labkit.observable import Observable

SHRINKING = 10.0
"""Seconds (scaled) in which a failing run is made smaller."""

HASTE = 0.05
"""Seconds (scaled) of patience with a run of a chat that has broken its promise before."""

CALM = 30
"""Turns of the loop after each step that are tried before shrinking: in them, a message reaches
everybody. If the run fails even so, it is no matter of who comes first, and shrinks well."""

AGAIN = 5
"""How often the smallest one is run again."""

SURE = 4
"""How many of these must fail: with fewer, it is called a race."""

Phase = Literal["ready", "searching", "shrinking", "running again", "over"]


def search(
    subject: Any,
    promise: Promise,
    *,
    seeds: Iterable[int | str] = range(50),
    clients: int | Iterable[str] = 3,
    messages: int = 20,
    cuts: int = 2,
    sender: Callable[..., Any] | None = None,
    receiver: Callable[..., Any] | None = None,
    leg: Leg | None = None,
) -> Search:
    """Look for a run that breaks a promise, and shrink the first one that does.

    Parameters
    ----------
    subject, promise, sender, receiver, leg
        See `run`.
    seeds
        Of the workloads: each is run once.
    clients, messages, cuts
        See `workload`.

    Returns
    -------
    Search
        Await it; ``lab.show`` shows it, also while it runs.

    Raises
    ------
    LabError
        If an argument makes no sense.

    Examples
    --------
    ::

        found = await search(make_chat, Promise("at most once"))
        await run(make_chat, found.steps, found.promise)
    """
    if not isinstance(promise, Promise):
        raise LabError(f'A search is judged by a Promise("at most once"), not by {promise!r}.')
    if isinstance(seeds, (str, bytes)) or not isinstance(seeds, Iterable):
        raise LabError(f"seeds must be several, such as range(50), not {seeds!r}.")
    if leg is not None:
        checked_leg(leg, has_store=True)
    parts = Parts(sender, receiver)
    is_witnessed = leg == "to store" or parts.only_send  # by the store, or a further client
    loads = []
    for seed in seeds:
        check_seed(seed)
        loads.append(workload(clients, messages, cuts, seed, steady=not is_witnessed))
    if not loads:
        raise LabError("seeds must not be empty: each of them is a run.")
    return Search(subject, promise, loads, parts, leg)


class Search:
    """A search, which happens when it is awaited. Made by `search`.

    Attributes
    ----------
    promise
        As given.
    run
        The smallest run that breaks the promise; None if none does.
    kind
        The kind of finding towards which it is made smaller; None before.
    runs
        How many runs there were, without those of shrinking.
    wanted
        How many runs there may be, without those of shrinking.
    trials
        How many further runs it took to shrink.
    first_steps
        How many steps the first failing run had.
    fails
        How many of five more runs of the smallest steps failed in the same way.
    current
        The run of this moment.
    phase
        What it does.
    changes
        Notified when something has happened.
    """

    def __init__(
        self,
        subject: Any,
        promise: Promise,
        loads: Sequence[Steps],
        parts: Parts,
        leg: Leg | None,
    ) -> None:
        self.promise = promise
        self.run: Run | None = None
        self.kind: FindingKind | None = None
        self.runs = 0
        self.wanted = len(loads)
        self.trials = 0
        self.first_steps = 0
        self.fails = 0
        self.current: Run | None = None
        self.phase: Phase = "ready"
        self._tally = Tally()
        self.changes = Observable()
        self._unsaid = 0
        self._is_whole = False
        self._subject = subject
        self._loads = loads
        self._parts = parts
        self._leg: Leg | None = leg

    def __await__(self) -> Generator[Any, None, Search]:
        return self._search().__await__()

    @property
    def steps(self) -> Steps | None:
        """The smallest steps that break the promise; None if no run did."""
        return None if self.run is None else self.run.steps

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on the smallest run; None if no run broke the promise."""
        return None if self.run is None else self.run.verdict

    @property
    def part(self) -> FailingPart | None:
        """The smallest part of the smallest run; None if no run broke the promise."""
        return None if self.run is None else self.run.part

    @property
    def tally(self) -> Tally:
        """What is counted: all runs but those of shrinking; in the end what the sentence tells."""
        if self.run is None or self.phase != "over":
            return self._tally
        return replace(self.run.tally, which="the smallest run that fails")

    @property
    def is_race(self) -> bool:
        """Whether the smallest steps do not fail reliably: it depends on who comes first."""
        return self.run is not None and self._is_whole and self.fails < SURE

    async def _search(self) -> Search:
        """Search once; what is awaited again is over already."""
        if self.phase != "ready":
            return self
        try:
            deadline: float | None = None
            for load in self._loads:
                if deadline is not None and _now() > deadline:
                    break
                self._enter("searching")
                trial = await self._try(load, PATIENCE)
                self.runs += 1
                self._tally += trial.tally
                self._unsaid += trial.verdict is None or trial.verdict.kept is None
                if trial.verdict is not None and trial.verdict.broken:
                    deadline = deadline or _now() + clock.seconds(SHRINKING)
                    await self._make_smallest(trial, trial.verdict, deadline)
                    if self.fails >= SURE:
                        break
            self._is_whole = True
        finally:
            self.current = None
            self._enter("over")
        return self

    def _enter(self, phase: Phase) -> None:
        self.phase = phase
        self.changes.notify()

    async def _try(self, steps: Steps, patience: float = HASTE) -> Run:
        self.current = trial = Run(
            self._subject, steps, self.promise, self._parts, self._leg, patience
        )
        stop = trial.changes.subscribe(self.changes.notify)
        try:
            return await trial
        finally:
            stop()

    async def _make_smallest(self, first: Run, verdict: Verdict, deadline: float) -> None:
        """Shrink a failing run towards its commonest finding, or the next if that is a race."""
        kinds = Counter(finding.kind for finding in verdict.broken)
        for kind, _ in kinds.most_common():
            if self.run is None or (self.fails < SURE and _now() < deadline):
                await self._make_smaller(first, kind, deadline)

    async def _make_smaller(self, first: Run, kind: FindingKind, deadline: float) -> None:
        """Shrink a failing run towards a kind of finding, and run the result again.

        It is the result of the search, unless one before it fails more often.
        """
        self._enter("shrinking")
        smallest, steps = first, first.steps

        async def fails(steps: Steps) -> bool:
            nonlocal smallest
            if _now() > deadline:
                return False
            self.trials += 1
            trial = await self._try(steps)
            if not trial.is_broken_by(kind):
                return False
            smallest = trial
            self.changes.notify()
            return True

        calm = with_pauses(steps, CALM)
        if await fails(calm) and await fails(calm):  # not by chance
            steps = calm
        steps = await simplify(steps, fails)
        self._enter("running again")
        failed = 0
        for _ in range(AGAIN):
            failed += (await self._try(steps)).is_broken_by(kind)
            self.changes.notify()
        if self.run is None or failed > self.fails:
            self.run, self.kind, self.fails = smallest, kind, failed
            self.first_steps = len(first.steps)

    @property
    def sentence(self) -> str:
        """What was found, in one sentence."""
        if self.phase == "over" and not self._is_whole:
            return f"The search was ended after {self.runs} of {self.wanted} runs."
        if self.phase != "over":
            return f"The search is {self.phase}: {self.runs} of {self.wanted} runs so far."
        if self.run is None or self.run.verdict is None:
            too_little = f" In {self._unsaid} of them nothing can be said: too little was owed."
            unsaid = too_little if self._unsaid else ""
            return f"The promise was kept in {count_runs(self.runs)} under as many seeds.{unsaid}"
        race = (
            f" This is a race: of {AGAIN} runs of these steps, {self.fails} fail in this way."
            if self.is_race
            else ""
        )
        return f"{self.run.verdict.sentence}{race}"

    def __repr__(self) -> str:
        if self.run is None:
            return self.sentence
        return "\n".join([self.sentence, "", "The fewest steps that show it:", repr(self.steps)])


def _now() -> float:
    return asyncio.get_running_loop().time()
