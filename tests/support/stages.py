"""Stages that a test puts into a pipe."""

from __future__ import annotations

import asyncio

from labkit.links.stage import Hold, Item


class Later(Hold):
    """Passes each item on when it has waited for a while, and remembers the most that it held."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self.most = 0

    def push(self, item: Item) -> None:
        """Let an item wait."""
        super().push(item)
        self.most = max(self.most, self.held)
        asyncio.get_running_loop().call_later(self.seconds, self._release_if_any)

    def _release_if_any(self) -> None:
        if self._items:
            self._release_first()
