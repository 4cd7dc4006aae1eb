"""Joins many changes into few updates: a page that gets thousands of updates a second freezes.

Jupyter drops output above 1 000 messages a second, and each update costs the kernel as much as two
round trips of a WebSocket. The whole state is sent, never an increment: an update that is lost is
made good by the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

INTERVAL = 0.05
"""Seconds between two updates. Not scaled: it serves the eye."""


class Publisher:
    """Calls `publish` after changes: soon after the first, at most 20 times a second, and last.

    Parameters
    ----------
    publish
        Takes no argument; called on the loop on which the publisher was made.
    """

    def __init__(self, publish: Callable[[], None]) -> None:
        self.loop = asyncio.get_running_loop()
        self._publish = publish
        self._next: asyncio.TimerHandle | None = None
        self._last = -INTERVAL
        self._closed = False

    def changed(self) -> None:
        """Note a change: cheap, however often."""
        if self._next is None and not self._closed:
            due = max(self.loop.time(), self._last + INTERVAL)
            self._next = self.loop.call_at(due, self._due)

    def _due(self) -> None:
        self._next = None
        self._last = self.loop.time()
        self._publish()

    def close(self) -> None:
        """Publish the last state and note no further change."""
        if self._closed:
            return
        self._closed = True
        if self._next is not None:
            self._next.cancel()
            self._next = None
            self._publish()
