"""A list of faults, such as those on a link."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import overload

from labkit.exceptions import LabError
from labkit.faults import Fault
from labkit.faults.schedule import Schedule
from labkit.faults.scope import Scope, Where, check_fault
from labkit.links.fault_handle import FaultHandle
from labkit.links.schedule_run import ScheduleRun
from labkit.observable import Observable


class FaultList(Sequence[FaultHandle], ABC):
    """The faults that act somewhere now, in the order in which they were added.

    Parameters
    ----------
    changes
        Notified when a fault comes, changes or goes.
    """

    def __init__(self, changes: Observable) -> None:
        self.changes = changes
        self._handles: list[FaultHandle] = []
        self._runs: list[ScheduleRun] = []

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
            if not step.at:
                self.check(step.fault, schedule.scope(number))
        run = ScheduleRun(schedule, self, self._runs.remove, asyncio.get_running_loop())
        self._runs.append(run)
        run.go_on()
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
            self._end(handle)
            self.notify()

    @abstractmethod
    def _begin(self, handle: FaultHandle) -> None:
        """Let a fault act on what is here."""

    @abstractmethod
    def _end(self, handle: FaultHandle) -> None:
        """Let a fault act no more on what is here."""

    def heal(self) -> None:
        """Stop what follows schedules here, and remove every fault: what they hold passes on."""
        for run in tuple(self._runs):
            run.stop()
        for handle in self:
            self.discard(handle)

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
