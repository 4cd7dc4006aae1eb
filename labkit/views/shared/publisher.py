"""Joins many changes into few updates: a page that gets thousands of updates a second freezes.

Jupyter drops output above 1 000 messages a second, and each update costs the kernel as much as two
round trips of a WebSocket. The whole state is sent, never an increment: an update that is lost on
its way to the page is made good by the next one, and the last one is sent twice.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from labkit.observable import Observable

INTERVAL = 0.05
"""Seconds between two updates of a view. Not scaled: it serves the eye."""

SLOT = 0.01
"""Seconds between the updates of all views: each holds up the loop for about a millisecond."""

QUIET = 1.0
"""Seconds without a change after which the last state is sent again."""

_free: WeakKeyDictionary[asyncio.AbstractEventLoop, float] = WeakKeyDictionary()
"""When each loop has its next free slot."""


class Publisher:
    """Keeps a widget's state true: soon after a change, at most 20 times a second, and at last.

    Parameters
    ----------
    widget
        Has a trait `state`, shared with the front end.
    snapshot
        Returns the state to show; called on the loop on which the publisher was made.
    changes
        What to follow, until `close` or until the widget's comm is closed by either side.
    """

    def __init__(
        self, widget: Any, snapshot: Callable[[], Mapping[str, Any]], *changes: Observable
    ) -> None:
        self.loop = asyncio.get_running_loop()
        self.following = True
        self._widget = widget
        self._snapshot = snapshot
        self._subscriptions = [each.subscribe(self.changed) for each in changes]
        self._next: asyncio.TimerHandle | None = None
        self._again: asyncio.TimerHandle | None = None
        self._last = -INTERVAL
        widget.observe(self._comm_changed, names="comm")
        if widget.comm is not None:
            widget.comm.on_close(lambda message: self.call(self.release))

    def changed(self) -> None:
        """Note a change: cheap, however often."""
        if self._next is None and self.following:
            slot = max(self.loop.time(), _free.get(self.loop, 0.0))
            _free[self.loop] = slot + SLOT
            self._next = self.loop.call_at(max(slot, self._last + INTERVAL), self._due)

    def flush(self) -> None:
        """Publish a change that waits for its turn: who is told that something is done sees it."""
        if self._next is not None:
            self._next.cancel()
            self._due()

    def call(self, function: Callable[..., None], *arguments: object) -> None:
        """Call a function on the publisher's loop, from whatever thread."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: the kernel ends
            self.loop.call_soon_threadsafe(function, *arguments)

    def _due(self) -> None:
        self._next = None
        self._last = self.loop.time()
        self._widget.state = self._snapshot()
        if self._again is not None:
            self._again.cancel()
        self._again = self.loop.call_later(QUIET, self._widget.send_state, "state")

    def _comm_changed(self, change: dict[str, Any]) -> None:
        if change["new"] is None:
            self.call(self.release)

    def release(self) -> None:
        """Follow no longer."""
        self.following = False
        for unsubscribe in self._subscriptions:
            unsubscribe()
        self._subscriptions.clear()
        for timer in (self._next, self._again):
            if timer is not None:
                timer.cancel()
        self._next = self._again = None

    def close(self) -> None:
        """Publish the last state, which says that it is the last, and follow no longer."""
        if self.following:
            self.release()
            self._widget.state = self._snapshot()
