"""The panels that follow what runs, of which only the latest are live."""

from __future__ import annotations

from collections import deque

from labkit.bench.owned import Shown

MAX_PANELS = 40
"""Panels that are live at a time; older ones keep their last state."""


class Panels:
    """The panels of one bench."""

    def __init__(self) -> None:
        self._live: deque[Shown] = deque()

    def __len__(self) -> int:
        return len(self._live)

    def keep(self, shown: Shown) -> None:
        """Keep a panel, so that it stops following when everything closes."""
        self._live.append(shown)
        if len(self._live) > MAX_PANELS:
            self._live.popleft().close()

    def close(self) -> None:
        """Let all panels stop following."""
        while self._live:
            self._live.popleft().close()
