"""A stage that carries out what a fault decides: it alone has a timer."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Sequence

from labkit.clock import clock
from labkit.faults.fault import Act, Decision, Live, Wake
from labkit.links.stage import Stage
from labkit.protocols.http_parts import HttpPart
from labkit.protocols.polled import PolledBody
from labkit.protocols.stream import Item, StreamEnd
from labkit.protocols.units import Unit

CLOCK_TICK = time.get_clock_info("monotonic").resolution
"""Seconds by which asyncio may run a timer early, since its clock shows nothing in between."""

Passing = Item | Unit | PolledBody | HttpPart
"""What it takes: units and parts of HTTP too, where it stands in a lane for messages."""


class UnitStage(Stage):
    """A stage that takes units, too; this one passes everything on at once."""

    pass_on: Callable[[Passing], None]

    def push(self, item: Passing) -> None:
        """Take an item."""
        self.pass_on(item)


class FaultStage(UnitStage):
    """What one fault does to one direction of a connection.

    Parameters
    ----------
    live
        Decides; its seconds are those of the lab's clock.
    limit
        Bytes that may wait here before the pipe pauses reading.
    on_act
        Called with what is to be done to the whole connection.
    loop
        Has the clock and the timers.
    """

    def __init__(
        self,
        live: Live,
        limit: int,
        on_act: Callable[[Act], None],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.limit = limit
        self._live = live
        self._on_act = on_act
        self._loop = loop
        self._time = loop.time
        self._scale = clock.scale
        self._waiting: deque[tuple[float, Passing]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._acts: list[asyncio.TimerHandle] = []
        self._is_dropped = False

    def begin(self) -> None:
        """Let the fault begin to act; call it when the stage stands in its pipe."""
        now = self._now()
        self._carry_out(self._live.begin(now), now)

    @property
    def kept(self) -> int:
        """Bytes that the fault keeps for itself; they stop nobody from reading."""
        return self._live.kept

    def push(self, item: Passing) -> None:
        """Let the fault decide what becomes of an item."""
        if isinstance(item, Unit):  # `_passes`, inlined: each message comes here
            passes = item.fate == "dropped" or self._live.passes(item)
        else:
            passes = not isinstance(item, bytes) and self._passes(item)
        if passes and not self._waiting:  # as mostly
            self.pass_on(item)
            return
        held = self.held
        self._decide(item, passes)
        if self._waiting:
            self._settle(held)

    def change(self, live: Live, limit: int) -> None:
        """Let another live part act: it decides anew of what waits here, as if it came now."""
        self._cancel()
        now = self._now()
        waiting, held = [*self._waiting, *self._live.finish(now)], self.held
        self._waiting, self.held = deque(), 0
        self._live, self.limit = live, limit
        self.begin()
        for _, item in waiting:
            if not isinstance(item, Act | Wake):
                self._decide(item, self._passes(item))
        self._settle(held)

    @property
    def held_for(self) -> float:
        """Seconds until all that waits here has passed, as far as is decided."""
        return max(0.0, self._waiting[-1][0] - self._now()) if self._waiting else 0.0

    def _now(self) -> float:
        return self._time() / self._scale

    def _passes(self, item: Passing) -> bool:
        """Whether an item passes as it is: nothing more can be done to one that was dropped."""
        if isinstance(item, Unit):
            return item.fate == "dropped" or self._live.passes(item)
        return isinstance(item, HttpPart) and item.fate == "dropped"

    def _decide(self, item: Passing, passes: bool) -> None:
        live, now = self._live, self._time() / self._scale  # inlined: each item comes here
        if isinstance(item, bytes):
            decisions = live.data(item, now)
        elif isinstance(item, StreamEnd):
            decisions = live.end(item, now)
        elif passes:
            decisions = ((now, item),)
        elif isinstance(item, Unit):
            decisions = live.unit(item, now)
        elif isinstance(item, HttpPart):
            decisions = live.part(item, now)
        else:
            decisions = live.body(item, now)
        self._carry_out(decisions, now)

    def _carry_out(self, decisions: Sequence[Decision], now: float) -> None:
        for due, what in decisions:
            if self._is_dropped:  # an item that passed has ended the connection
                return
            if isinstance(what, Wake):
                self._set_alarm(due)
            elif isinstance(what, Act):
                self._acts.append(self._loop.call_at(due * self._scale, self._on_act, what))
            elif due <= now and not self._waiting:
                self.pass_on(what)
            else:
                self._waiting.append((due, what))
                self.held += _size(what)

    def _set_alarm(self, due: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = self._loop.call_at(due * self._scale, self._wake)

    def _wake(self) -> None:
        self._alarm, held = None, self.held
        now = self._now() + CLOCK_TICK / self._scale
        self._carry_out(self._live.wake(now), now)
        self._settle(held)

    def _pass_what_is_due(self) -> None:
        self._timer, held = None, self.held
        now = self._now() + CLOCK_TICK / self._scale
        while self._waiting and self._waiting[0][0] <= now:
            self._pass_first()
        self._settle(held)

    def _pass_first(self) -> None:
        _, item = self._waiting.popleft()
        self.held -= _size(item)
        self.pass_on(item)

    def _settle(self, held_before: int) -> None:
        """Set the timer for the next item, and report a change of what is held."""
        if self._timer is None and self._waiting and self._waiting[0][0] < math.inf:
            due = self._waiting[0][0] * self._scale
            self._timer = self._loop.call_at(due, self._pass_what_is_due)
        if self.held != held_before:
            self.pipe.held_changed()

    def release(self) -> None:
        """Act no more, and pass on everything that waits here, in order."""
        self._cancel()
        held = self.held
        while self._waiting:
            self._pass_first()
        now = self._now()
        self._carry_out(self._live.finish(now), now)
        if held:
            self.pipe.held_changed()

    def drop(self) -> None:
        """Act no more, and forget everything that waits here."""
        self._is_dropped = True
        self._cancel()
        self._waiting.clear()
        self.held = 0

    def _cancel(self) -> None:
        for timer in (self._timer, self._alarm, *self._acts):
            if timer is not None:
                timer.cancel()
        self._timer = self._alarm = None
        self._acts.clear()


def _size(item: Passing) -> int:
    return 0 if isinstance(item, StreamEnd) else len(item)
