"""What carries out a schedule of faults."""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter
from collections.abc import Callable
from typing import Protocol, Self

from labkit.clock import clock
from labkit.exceptions import LabError
from labkit.faults import AtMessage, Fault
from labkit.faults.schedule import Change, Schedule
from labkit.faults.scope import Scope, Where
from labkit.links.fault_handle import FaultHandle
from labkit.links.fault_stage import CLOCK_TICK
from labkit.links.message_watch import MessageWatch
from labkit.observable import Observable
from labkit.protocols.directions import Direction

LOOK = 60.0
"""Seconds (scaled) after which `until_over` looks whether there is still something to come."""


class Place(Protocol):
    """Where faults are added."""

    changes: Observable

    def add_scoped(self, fault: Fault, scope: Scope) -> FaultHandle:
        """Let a fault act here, or raise LabError if it cannot."""

    def watch(self, watch: MessageWatch) -> None:
        """Let a watch see the messages that enter here."""

    def unwatch(self, watch: MessageWatch) -> None:
        """Let a watch see messages here no more."""


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
        self._to_come = [(change.order(), change) for change in schedule.changes]  # a heap
        self._awaited = schedule.awaited
        self._counts: Counter[Where] = Counter()
        self._watch = MessageWatch(self._on_message) if self._awaited else None
        self._handles: dict[int, FaultHandle] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._is_stopped = False

    @property
    def is_running(self) -> bool:
        """Whether faults are still to come or to go."""
        return bool(self._to_come or self._awaited)

    @property
    def handles(self) -> list[FaultHandle]:
        """The faults of the schedule that act now."""
        return [handle for handle in self._handles.values() if handle.is_active]

    def begin(self) -> None:
        """Do what is due at once, and count messages if a step comes at one."""
        if self._watch is not None:
            self._place.watch(self._watch)
        self._go_on()

    def _go_on(self) -> None:
        """Do what is due by now, and wait for what comes next."""
        try:
            while (
                self._to_come and self._to_come[0][1].at <= self._now() + CLOCK_TICK / self._scale
            ):
                self._carry_out(heapq.heappop(self._to_come)[1])
        finally:
            self._wait()

    def _now(self) -> float:
        return (self._loop.time() - self._began + CLOCK_TICK) / self._scale

    def _wait(self) -> None:
        """Set the timer for what comes next by the clock; be over if nothing comes at all."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._to_come:
            due = self._began + self._to_come[0][1].at * self._scale
            self._timer = self._loop.call_at(due, self._go_on)
        elif not (self._awaited or self._is_stopped):
            self._be_over()

    def _on_message(self, direction: Direction) -> None:
        """Add what comes at a message that enters now, and will meet it."""
        wheres: tuple[Where, ...] = (direction, "both")
        for where in wheres:
            self._counts[where] += 1
            now = self._now()
            for number in self._awaited.pop(AtMessage(self._counts[where], where), ()):
                self._carry_out(Change(now, "add", number))
                step = self.schedule.steps[number]
                if step.seconds is not None and not self._is_stopped:
                    change = Change(step.until(now), "remove", number)
                    heapq.heappush(self._to_come, (change.order(), change))
                self._wait()

    def _carry_out(self, change: Change) -> None:
        if change.what == "remove":
            handle = self._handles.pop(change.number, None)
            if handle is not None:
                handle.remove()
            return
        step = self.schedule.steps[change.number]
        try:
            handle = self._place.add_scoped(step.fault, self.schedule.scope(change.number))
        except LabError as error:
            when = f"A{step.when[1:]}"
            self.refused.append(f"{when}, {step.fault!r} could not be added: {error}")
            return
        self._handles[change.number] = handle
        if self._is_stopped:  # by somebody whom the fault has woken
            handle.remove()

    def _be_over(self) -> None:
        if self._watch is not None:  # not while a message passes the stages of the watch
            self._loop.call_soon(self._place.unwatch, self._watch)
        self._on_over(self)
        self._place.changes.notify()

    def stop(self) -> None:
        """Add nothing more, and remove the faults of the schedule: what they hold passes on."""
        was_running = self.is_running
        self._is_stopped = self._is_stopped or was_running
        self._to_come.clear()
        self._awaited.clear()
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
