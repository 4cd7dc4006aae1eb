"""What carries out a schedule of faults."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol, Self

from labkit.clock import clock
from labkit.exceptions import LabError
from labkit.faults import Fault
from labkit.faults.schedule import Change, Schedule
from labkit.faults.scope import Scope
from labkit.links.fault_handle import FaultHandle
from labkit.links.fault_stage import CLOCK_TICK
from labkit.observable import Observable

LOOK = 60.0
"""Seconds (scaled) after which `until_over` looks whether there is still something to come."""


class Place(Protocol):
    """Where faults are added."""

    changes: Observable

    def add_scoped(self, fault: Fault, scope: Scope) -> FaultHandle:
        """Let a fault act here, or raise LabError if it cannot."""


class ScheduleRun:
    """A schedule that is carried out. Made by `link.follow`; a context manager stops it at its end.

    Parameters
    ----------
    schedule
        What is carried out, from now on.
    place
        Where its faults are added.
    on_over
        Called with the run when there is nothing more to do.
    loop
        Has the clock and the timer.

    Attributes
    ----------
    schedule
        As given.
    refused
        Why faults could not be added when their time came: one sentence for each.
    """

    def __init__(
        self,
        schedule: Schedule,
        place: Place,
        on_over: Callable[[ScheduleRun], None],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.schedule = schedule
        self.refused: list[str] = []
        self._place = place
        self._on_over = on_over
        self._loop = loop
        self._scale = clock.scale
        self._began = loop.time()
        self._to_come = deque(schedule.changes)
        self._handles: dict[int, FaultHandle] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._is_stopped = False

    @property
    def is_running(self) -> bool:
        """Whether faults are still to come or to go."""
        return bool(self._to_come)

    @property
    def handles(self) -> list[FaultHandle]:
        """The faults of the schedule that act now."""
        return [handle for handle in self._handles.values() if handle.is_active]

    def go_on(self) -> None:
        """Do what is due by now, and wait for what comes next."""
        now = self._loop.time() - self._began + CLOCK_TICK
        try:
            while self._to_come and self._to_come[0].at * self._scale <= now:
                self._carry_out(self._to_come.popleft())
        finally:
            if self._to_come:
                due = self._began + self._to_come[0].at * self._scale
                self._timer = self._loop.call_at(due, self.go_on)
            elif not self._is_stopped:
                self._be_over()

    def _carry_out(self, change: Change) -> None:
        if change.what == "remove":
            handle = self._handles.pop(change.number, None)
            if handle is not None:
                handle.remove()
            return
        fault = self.schedule.steps[change.number].fault
        try:
            handle = self._place.add_scoped(fault, self.schedule.scope(change.number))
        except LabError as error:
            self.refused.append(f"At {change.at:g} s, {fault!r} could not be added: {error}")
            return
        self._handles[change.number] = handle
        if self._is_stopped:  # by somebody whom the fault has woken
            handle.remove()

    def _be_over(self) -> None:
        self._timer = None
        self._on_over(self)
        self._place.changes.notify()

    def stop(self) -> None:
        """Add nothing more, and remove the faults of the schedule: what they hold passes on."""
        was_running = self.is_running
        self._is_stopped = self._is_stopped or was_running
        self._to_come.clear()
        if self._timer is not None:
            self._timer.cancel()
        for handle in self._handles.values():
            handle.remove()
        if was_running:
            self._be_over()

    async def until_over(self) -> None:
        """Wait until the last fault has come or gone, or the schedule was stopped."""
        while self.is_running:  # its timer ends it, however late the loop is
            await self._place.changes.until(lambda: not self.is_running, within=LOOK)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        state = "running" if self.is_running else "stopped" if self._is_stopped else "over"
        refused = f", {len(self.refused)} refused" if self.refused else ""
        return f"<ScheduleRun of {self.schedule!r}: {state}{refused}>"
