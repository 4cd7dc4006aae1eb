"""A list of faults, such as those on a link."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import overload

from labkit.exceptions import LabError
from labkit.faults import Down, Fault
from labkit.faults.fault import check_number
from labkit.faults.schedule import Schedule
from labkit.faults.scope import Scope, Where, check_fault
from labkit.links.countdown import Countdown
from labkit.links.fault_handle import FaultHandle
from labkit.links.message_watch import MessageWatch
from labkit.links.schedule_run import ScheduleRun
from labkit.observable import Observable


class FaultList(Sequence[FaultHandle], ABC):
    """The faults that act somewhere now, in the order in which they were added.

    Parameters
    ----------
    changes
        Notified when a fault comes, changes or goes, and at each second that is counted down.
    """

    def __init__(self, changes: Observable) -> None:
        self.changes = changes
        self._handles: list[FaultHandle] = []
        self._runs: list[ScheduleRun] = []
        self._countdown = Countdown(self._report_everywhere, self.heal)

    @abstractmethod
    def watch(self, watch: MessageWatch) -> None:
        """Let a watch see the messages that enter here."""

    @abstractmethod
    def unwatch(self, watch: MessageWatch) -> None:
        """Let a watch see messages here no more."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Whose faults they are: a link's name, or a server's."""

    def add(
        self,
        fault: Fault,
        direction: Where = "both",
        *,
        probability: float = 1.0,
        seed: int | str | None = None,
        first: int | None = None,
    ) -> FaultHandle:
        """Let a fault act here; see `Link.add`."""
        return self.add_scoped(fault, Scope(direction, probability, seed, first))

    def add_scoped(self, fault: Fault, scope: Scope) -> FaultHandle:
        """Let a fault act here, as a scope says."""
        self.check(fault, scope)
        handle = FaultHandle(fault, scope)
        self.put(handle)
        return handle

    def follow(self, schedule: Schedule) -> ScheduleRun:
        """Let faults come and go here as a schedule says; see `Link.follow`."""
        if not isinstance(schedule, Schedule):
            raise LabError(
                "Only a schedule can be followed, for example "
                f"Schedule(Step(2, Latency(0.3), seconds=5)), not {schedule!r}."
            )
        self.check_open()
        for number, step in enumerate(schedule.steps):
            if step.at == 0:
                self.check(step.fault, schedule.scope(number))
        run = ScheduleRun(schedule, self, self._runs.remove, asyncio.get_running_loop())
        self._runs.append(run)
        run.begin()
        return run

    def check_open(self) -> None:
        """Raise LabError unless faults can act here, whatever they are."""

    def check(self, fault: Fault, scope: Scope) -> None:
        """Raise LabError unless a fault can be added beside those that act here."""
        check_addition(fault, scope, self._handles)

    def put(self, handle: FaultHandle) -> None:
        """Let a fault act here, perhaps one that acts elsewhere, too."""
        self._handles.append(handle)
        handle.holders.append(self)
        self._begin(handle)
        self.notify()

    def discard(self, handle: FaultHandle) -> None:
        """Let a fault act here no more, whatever it does elsewhere."""
        if handle in self._handles:
            self._handles.remove(handle)
            handle.holders.remove(self)
            if not self._handles:
                self._countdown.cancel()
            self._end(handle)
            self.notify()

    @abstractmethod
    def _begin(self, handle: FaultHandle) -> None:
        """Let a fault act on what is here."""

    @abstractmethod
    def _end(self, handle: FaultHandle) -> None:
        """Let a fault act no more on what is here."""

    def heal(self, *, after: float = 0.0) -> None:
        """Remove every fault from here, and stop schedules: what faults hold passes on.

        Parameters
        ----------
        after
            Seconds until then, by the lab's clock; `heals_in` counts them down. A fault that comes
            in between is removed, too, and a further `heal` takes the place of this one.

        Raises
        ------
        LabError
            If the seconds are not a number, 0 or more, or if no fault acts that could be healed
            after them.
        """
        check_number("after", after)
        if after and not self:
            raise LabError("No fault acts there, so there is nothing to heal later. Add one first.")
        if after:
            self._countdown.start(after)
            return
        self._countdown.cancel()
        for run in tuple(self._runs):
            run.stop()
        for handle in self:
            self.discard(handle)

    @property
    def heals_in(self) -> int | None:
        """Seconds until `heal(after=...)` heals, rounded up; None if it does not."""
        return self._countdown.left

    def restore(self) -> None:
        """Put the plug back, and nothing else."""
        for handle in self:
            if isinstance(handle.fault, Down):
                self.discard(handle)

    @property
    def is_down(self) -> bool:
        """Whether the plug is pulled."""
        return any(isinstance(handle.fault, Down) for handle in self._handles)

    def time_left(self, handle: FaultHandle) -> int | None:
        """Return in how many seconds a fault is healed here, or where it was added; or None."""
        planned = (self.heals_in, handle.holders[0].heals_in)
        return min((seconds for seconds in planned if seconds is not None), default=None)

    def _report_everywhere(self) -> None:
        """Report a change here, and wherever the faults act that were added here."""
        own = [handle.holders for handle in self._handles if handle.holders[0] is self]
        for holder in dict.fromkeys([self, *chain.from_iterable(own)]):
            holder.notify()

    def notify(self) -> None:
        """Report a change of the faults."""
        self.changes.notify()

    @overload
    def __getitem__(self, index: int) -> FaultHandle: ...
    @overload
    def __getitem__(self, index: slice) -> list[FaultHandle]: ...
    def __getitem__(self, index: int | slice) -> FaultHandle | list[FaultHandle]:
        return self._handles[index]

    def __len__(self) -> int:
        return len(self._handles)

    def __iter__(self) -> Iterator[FaultHandle]:
        return iter(tuple(self._handles))

    def __str__(self) -> str:
        return ", ".join(map(str, self._handles)) or "none"

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {', '.join(map(repr, self._handles)) or 'none'}>"


def check_addition(fault: object, scope: Scope, handles: Sequence[FaultHandle]) -> None:
    """Raise LabError unless a fault can be added beside others."""
    check_fault(fault, scope)
    for other in handles:
        if other.fault == fault and set(other.scope.directions) & set(scope.directions):
            raise LabError(
                f"{other!r} acts there already, and would do the same twice. "
                "Remove it first, or add one with other values."
            )
