"""A countdown in whole seconds of the lab's clock."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from labkit.clock import clock

TOLERANCE = 0.001
"""Seconds by which a timer may be early, or a number be off after a calculation."""


class Countdown:
    """Counts seconds down to a call. A blocked loop holds it up, as it holds up the call.

    Parameters
    ----------
    on_tick
        Called each time when `left` is another number, except at the end.
    on_end
        Called at the end, when nothing is left.
    """

    def __init__(self, on_tick: Callable[[], None], on_end: Callable[[], None]) -> None:
        self._on_tick = on_tick
        self._on_end = on_end
        self._end = 0.0
        self._scale = 1.0
        self._timer: asyncio.TimerHandle | None = None

    def start(self, seconds: float) -> None:
        """Count from here, instead of whatever is being counted."""
        self.cancel()
        self._scale = clock.scale
        self._end = asyncio.get_running_loop().time() + seconds * self._scale
        self._count()

    def cancel(self) -> None:
        """Count no more; the call does not come."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None

    @property
    def left(self) -> int | None:
        """The seconds that are left, rounded up; None while nothing is counted."""
        return None if self._timer is None else self._seconds_left

    @property
    def _seconds_left(self) -> int:
        seconds = (self._end - asyncio.get_running_loop().time()) / self._scale
        return max(0, math.ceil(seconds - TOLERANCE))

    def _count(self) -> None:
        left = self._seconds_left
        if not left:
            self._timer = None
            self._on_end()
            return
        next_tick = self._end - (left - 1) * self._scale
        self._timer = asyncio.get_running_loop().call_at(next_tick, self._count)
        self._on_tick()
