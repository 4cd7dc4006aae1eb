"""One live run: steps are carried out on real sockets, and what arrived is judged."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Generator, Iterable
from dataclasses import replace
from itertools import count
from typing import Any

from labkit import bench
from labkit.bench import Bench
from labkit.bench.starting import start_server
from labkit.clock import clock
from labkit.delivery.cast import Parts, gather_participants
from labkit.delivery.conductor import Conductor
from labkit.delivery.failing_part import FailingPart
from labkit.delivery.finding import FindingKind, Verdict
from labkit.delivery.history import History
from labkit.delivery.judge import judge
from labkit.delivery.legs import Leg, checked_leg, leg_promise
from labkit.delivery.promise import Promise
from labkit.delivery.step import Cut, CutAtMessage, Step
from labkit.delivery.steps import Steps
from labkit.delivery.subject import Subject, new_subject
from labkit.delivery.tally import Tally, tally_of
from labkit.exceptions import LabError
from labkit.observable import Observable

LIMIT = 5.0
"""Seconds (scaled) that the steps of a run may take, with the wait for what is missing."""

PATIENCE = 0.3
"""Seconds (scaled) in which nothing happens until a run says that a message is lost. A handler may
wait for a thread in the meantime, as for that of a database which writes to a busy disk."""

HANDLER_TIMEOUT = 0.02
"""Seconds (scaled) that handlers get to end after the run; one that waits for something else than
its connection is cancelled then."""

_numbers = count(1)


def run(
    subject: Any,
    steps: Steps | Iterable[Step],
    promise: Promise,
    *,
    sender: Callable[..., Any] | None = None,
    receiver: Callable[..., Any] | None = None,
    leg: Leg | None = None,
) -> Run:
    """Run a server against real clients whose plugs are pulled, and judge what arrived.

    Parameters
    ----------
    subject
        What `lab.serve` takes: a handler for `websockets`, or a `socketio.AsyncServer`. Or what
        makes it for each run, so that its state is new: a function without parameters, a class
        whose objects have a method `handler`, or a function with `asynccontextmanager`. It may make
        a pair, ``handler, stored``, where ``await stored()`` returns what is in a store.
    steps
        `Steps`, or a list of them.
    promise
        What is promised.
    sender
        The learner's own sender, called with a function that connects: a class with
        ``async def say(self, text)``, which returns once the message is acknowledged (if that is
        promised) or sent, and perhaps with ``async def run(self)``, which stays connected until it
        is cancelled. If it takes a second argument, it reports with it what it has heard. The next
        message of a client is said once the one before is.
    receiver
        The learner's own receiver, ``async def listen(connect, heard)``.
    leg
        Which leg is judged: the "whole" way from sender to receivers, "to store" (by default, if
        there is one) or "from store".

    Returns
    -------
    Run
        Await it; ``lab.show`` shows it, also while it runs.

    Raises
    ------
    LabError
        If an argument makes no sense.

    Examples
    --------
    ::

        await run(make_chat, [Cut("bob"), Say("alice")], Promise("at most once"))
    """
    if not isinstance(promise, Promise):
        raise LabError(f'A run is judged by a Promise("at most once"), not by {promise!r}.')
    chosen = steps if isinstance(steps, Steps) else Steps(steps)
    if not chosen.clients:
        raise LabError('A run needs a client: a step such as Say("alice") names one.')
    if leg is not None:
        checked_leg(leg, has_store=True)
    return Run(subject, chosen, promise, Parts(sender, receiver), leg)


class Run:
    """A run, which happens when it is awaited. Made by `run`.

    Attributes
    ----------
    steps, promise
        As given.
    leg
        The leg that is judged.
    history
        What has happened on it so far.
    verdict
        Whether the promise was kept; None before the end.
    errors
        What went wrong in the server and in the learner's own clients, a sentence each.
    changes
        Notified when something has happened.
    """

    def __init__(
        self,
        subject: Any,
        steps: Steps,
        promise: Promise,
        parts: Parts,
        leg: Leg | None,
        patience: float = PATIENCE,
    ) -> None:
        self.steps = steps
        self.promise = promise
        self.leg = leg
        self.history = History(next(_numbers))
        self.verdict: Verdict | None = None
        self.errors: list[str] = []
        self.changes = Observable()
        self._subject = subject
        self._parts = parts
        self._patience = patience
        self._has_begun = False

    def __await__(self) -> Generator[Any, None, Run]:
        return self._run().__await__()

    async def _run(self) -> Run:
        """Run once; what is awaited again is over already."""
        if self._has_begun:
            return self
        self._has_begun = True
        chance = random.getstate()
        random.seed(self.steps.seed)
        try:
            async with bench.current().child() as child:
                await self._run_on(child)
            # not `take_errors`, which searches all objects of the process: too slow for many runs
            found = child.monitor.background_errors.pending_errors()
            self.errors += [str(error) for error in found]
        finally:
            random.setstate(chance)
            self.changes.notify()
        return self

    async def _run_on(self, child: Bench) -> None:
        """Run on a bench of its own, which ends whatever is made in the run."""
        async with new_subject(self._subject) as made:
            try:
                await self._run_with(child, made)
            finally:
                await child.close()  # handlers end before what they use: a factory's store

    async def _run_with(self, child: Bench, made: Subject) -> None:
        self.leg = leg = checked_leg(self.leg, made.stored is not None)
        server = await start_server(child, made.server)
        server.handler_timeout = HANDLER_TIMEOUT
        people = await gather_participants(
            child, server, self.steps.clients, self._parts, leg, self.promise, self.history
        )
        conductor = Conductor(
            people,
            self.history,
            self.promise,
            leg,
            made.stored,
            self._patience,
            self.changes.notify,
        )
        try:
            async with asyncio.timeout(clock.seconds(LIMIT)) as limit:
                await conductor.conduct(self.steps)
        except TimeoutError:
            if not limit.expired():
                raise
            self.errors.append(f"The run was ended after {LIMIT:g} s.")
        finally:
            self.history.stop()
            for each in people:
                await each.end()
        self.history = await conductor.read_leg()
        self.verdict = judge(self.history, leg_promise(self.promise, leg))
        for each in people:
            self.errors += [error for dialler in each.diallers for error in dialler.errors]

    @property
    def tally(self) -> Tally:
        """What is counted: nothing before the end, as only the verdict says what is lost."""
        return replace(tally_of(self.verdict), which="this run")

    def is_broken_by(self, kind: FindingKind) -> bool:
        """Return whether it broke the promise by a finding of a kind."""
        broken = self.verdict.broken if self.verdict else ()
        return any(finding.kind == kind for finding in broken)

    @property
    def part(self) -> FailingPart | None:
        """The smallest part that shows that the promise was broken; None if it was not."""
        if self.verdict is None or not self.verdict.broken:
            return None
        return FailingPart(self.verdict.broken, self.history)

    def __repr__(self) -> str:
        if self.verdict is None:
            return f"<Run of {len(self.steps)} steps: {'running' if self._has_begun else 'ready'}>"
        if self.verdict.kept:  # how much was excused depends on how far messages had come
            faults = any(isinstance(step, (Cut, CutAtMessage)) for step in self.steps)
            excused = " What faults took away is excused." if faults else ""
            return f"Kept: all that was owed arrived as promised.{excused}"
        return "\n".join([self.verdict.sentence, *self.errors[:1]])
