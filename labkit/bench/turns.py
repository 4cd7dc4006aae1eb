"""Taking turns: calls on the same name run one after the other, and some calls run alone.

Verbs await in the middle of their work. Two that run concurrently would both see the state from
before, and both change it. So the calls on a name take turns, in their order. A call that concerns
all names at once, such as closing everything, waits for every turn and holds back new ones.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from labkit.observable import Observable

TURNS_TIMEOUT = 8.0
"""Seconds (scaled) that running turns get to end before a call runs alone."""


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
        """Return whether a call has a turn on a name, or waits for one."""
        return self._users[name] > 0

    @asynccontextmanager
    async def take(self, name: Hashable) -> AsyncIterator[None]:
        """Wait for a turn on a name; the name counts as taken at once."""
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
    async def alone(self, within: float = TURNS_TIMEOUT) -> AsyncIterator[None]:
        """Hold back new turns, and wait until the running ones have ended.

        Parameters
        ----------
        within
            Seconds, by the lab's clock, after which it goes on regardless.
        """
        async with self._alone:
            await self._changes.until(lambda: not self._running, within)
            yield
