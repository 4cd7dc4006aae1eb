"""A periodic tick on the event loop, which wakes an idle loop and notices a blocked one.

An idle asyncio loop sleeps through Jupyter's interrupt button until something else wakes it
(ipykernel issue 881); a tick every 0.1 s makes the button work at once. A tick that comes late
shows that the loop was blocked.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

TICK_INTERVAL = 0.1
"""Seconds between two ticks. Not scaled, because the person at the keyboard is not."""

BLOCKED_AFTER = 1.0
"""Seconds without running after which a loop counts as blocked."""


class Ticker:
    """Ticks on a loop.

    Parameters
    ----------
    loop
        The loop to tick on.
    on_blocked
        Called with the seconds for which the loop did not run.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, on_blocked: Callable[[float], None]
    ) -> None:
        self.loop = loop
        self.last = time.monotonic()
        self._on_blocked = on_blocked
        self._sweeps: list[Callable[[], None]] = []
        self._next: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Start ticking."""
        self.last = time.monotonic()
        self._next = self.loop.call_later(TICK_INTERVAL, self._tick)

    def stop(self) -> None:
        """Stop ticking."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def each_tick(self, sweep: Callable[[], None]) -> None:
        """Call `sweep` (quick, never raising) on every tick."""
        self._sweeps.append(sweep)

    def _tick(self) -> None:
        self._next = self.loop.call_later(TICK_INTERVAL, self._tick)
        now = time.monotonic()
        late, self.last = now - self.last - TICK_INTERVAL, now
        if late > BLOCKED_AFTER:
            self._on_blocked(late)
        for sweep in self._sweeps:
            sweep()
