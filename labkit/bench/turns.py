"""Taking turns: whoever acts on a name waits for the one before, and some things are done alone.

Verbs await in the middle of what they do. Two that run side by side would both see the state from
before, and both change it. So each name has a turn of its own, in the order of the calls; and what
concerns all names at once, such as closing everything, waits for every turn and keeps new ones
waiting.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from labkit.observable import Observable

UNDER_WAY = 8.0
"""Seconds (scaled) that turns which have begun get to end, before somebody acts alone."""


class Turns:
    """The turns on one event loop.

    Examples
    --------
    >>> turns = Turns()
    >>> async with turns.take("alice"):
    ...     turns.is_taken("alice")
    True
    """

    def __init__(self) -> None:
        self._locks: dict[Hashable, asyncio.Lock] = {}
        self._users: Counter[Hashable] = Counter()
        self._running = 0
        self._alone = asyncio.Lock()
        self._changes = Observable()

    def is_taken(self, name: Hashable) -> bool:
        """Whether somebody has a turn on a name, or waits for one."""
        return self._users[name] > 0

    @asynccontextmanager
    async def take(self, name: Hashable) -> AsyncIterator[None]:
        """Wait for the turn on a name; the name is taken from the call on."""
        self._users[name] += 1
        lock = self._locks.setdefault(name, asyncio.Lock())
        try:
            async with lock:
                async with self._alone:
                    self._running += 1
                try:
                    yield
                finally:
                    self._running -= 1
                    self._changes.notify()
        finally:
            self._users[name] -= 1
            if not self._users[name]:
                del self._users[name], self._locks[name]

    @asynccontextmanager
    async def alone(self, within: float = UNDER_WAY) -> AsyncIterator[None]:
        """Keep new turns waiting, and wait until those that run have ended.

        Parameters
        ----------
        within
            Seconds, by the lab's clock, after which it goes on nevertheless.
        """
        async with self._alone:
            await self._changes.until(lambda: not self._running, within)
            yield
