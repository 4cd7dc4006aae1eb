"""A slow store, each load of which is let go on by a judge."""

from __future__ import annotations

import asyncio

from labkit.exercises.visitors import PATIENCE
from labkit.observable import Observable

HISTORY = "what you missed"


class SlowStore:
    """A slow store: each load takes until it is let go on."""

    def __init__(self) -> None:
        self.loads: list[asyncio.Future[str]] = []
        self._running = 0
        self.most = 0
        self.is_quick = False
        self.changes = Observable()

    async def load(self) -> str:
        """Return the history, once this load is let go on."""
        if self.is_quick:
            return HISTORY
        loading: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.loads.append(loading)
        self._running += 1
        self.most = max(self.most, self._running)
        self.changes.notify()
        try:
            return await loading
        finally:
            self._running -= 1
            self.changes.notify()

    def let_go_on(self, number: int) -> None:
        """Let a load go on, unless it is over."""
        if not self.loads[number].done():
            self.loads[number].set_result(HISTORY)

    def be_quick(self) -> None:
        """Let all loads go on, and those that follow not wait: nobody needs to wait any more."""
        self.is_quick = True
        for number in range(len(self.loads)):
            self.let_go_on(number)

    async def begins(self, number: int) -> bool:
        """Wait until so many loads have begun, and return whether they have."""
        return await self.changes.until(lambda: len(self.loads) >= number, PATIENCE)
