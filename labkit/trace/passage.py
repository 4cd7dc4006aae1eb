"""When the bytes of a direction left the link, while faults could hold them up or lose them.

The record has bytes as they enter. Without faults they leave at the same moment, and nothing more
is known of them. While a fault acts, a passage keeps when they left: up to which offset, and when.
Offsets count the bytes of a direction from its first one, as they entered.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import deque
from itertools import islice
from typing import Any, Literal, NamedTuple

Fate = Literal["passed", "held", "lost", "dropped", "duplicated", "altered"]
"""What became of a message: it left the link; it still waits there; it was in the link when the
connection ended; a fault dropped it, sent it twice, or changed it."""

NEVER_LEFT: tuple[Fate, ...] = ("held", "lost", "dropped")
"""Fates of what the other side never got."""

SAME = 0.0001
"""Seconds: bytes that leave within them left at the same time."""

MAX_KEPT = 50_000
"""Times that are kept of a passage; with more, the older half is forgotten."""


class Left(NamedTuple):
    """What became of a message.

    Attributes
    ----------
    fate
        In a word.
    time
        Seconds of `time.perf_counter` when its last byte left; None if it has not, or if that is no
        longer known.
    """

    fate: Fate
    time: float | None


class _Span:
    """A time in which faults acted: from which offset on, and up to which one."""

    def __init__(self, begin: int) -> None:
        self.begin = begin
        self.end: int | None = None
        self.stops: list[int] = []
        self.times: list[float] = []
        self.known_from = begin

    def add(self, stop: int, at: float) -> None:
        if self.times and at - self.times[-1] < SAME:
            self.stops[-1] = stop
            return
        self.stops.append(stop)
        self.times.append(at)
        if len(self.stops) > MAX_KEPT:
            half = MAX_KEPT // 2
            self.known_from = self.stops[half - 1]
            del self.stops[:half], self.times[:half]


class Passage:
    """When the bytes of one direction of a connection left.

    Parameters
    ----------
    begin
        How many bytes had passed when the first fault began to act.

    Attributes
    ----------
    changes
        Counts the times at which it came to know more.
    """

    def __init__(self, begin: int) -> None:
        self._spans = [_Span(begin)]
        self._left = begin
        self._coming: deque[tuple[int, int]] = deque()
        self._units: dict[int, float] = {}
        self._fates: dict[int, Fate] = {}
        self._is_over = False
        self.changes = 0

    def resume(self, at: int) -> None:
        """Faults act from this offset on."""
        if self._spans[-1].end is not None:
            self._spans.append(_Span(at))
            self._left = at
            del self._spans[:-MAX_KEPT]

    def pause(self, at: int) -> None:
        """No fault acts from this offset on, and nothing is held."""
        self._spans[-1].end = at
        self._coming.clear()

    def close(self) -> None:
        """The connection has ended: what has not left never will."""
        self._is_over = True
        self.changes += 1

    @property
    def expects(self) -> bool:
        """Whether messages are expected that have not left."""
        return bool(self._coming)

    def expect(self, stop: int, size: int) -> None:
        """Say of a message that it is the next to leave: where it ends, and how much will leave.

        For whatever gives messages another order, or another length: none if it is dropped.
        """
        self._coming.append((stop, size))
        if not size and len(self._coming) == 1:
            self._arrive()

    def mark(self, stop: int, fate: Fate) -> None:
        """Keep what a fault did to the message that ends at this offset."""
        _make_room(self._fates)
        self._fates[stop] = fate
        self.changes += 1

    def left(self, size: int) -> None:
        """Keep that so many bytes leave now."""
        at = time.perf_counter()
        self.changes += 1
        while size and self._coming:
            stop, missing = self._coming[0]
            taken = min(size, missing)
            size -= taken
            if taken < missing:
                self._coming[0] = (stop, missing - taken)
                return
            self._arrive(at)
        if size:
            self._left += size
            span = self._spans[-1]
            if span.times and at - span.times[-1] < SAME:
                span.stops[-1] = self._left  # `add`, inlined: all that leaves comes here
            else:
                span.add(self._left, at)

    def _arrive(self, at: float | None = None) -> None:
        """The first message of those that are expected has left, and those that were dropped."""
        stop, _ = self._coming.popleft()
        self._left = max(self._left, stop)
        if at is not None:
            _make_room(self._units)
            self._units.setdefault(stop, at)
            self._spans[-1].add(self._left, at)
        while self._coming and not self._coming[0][1]:
            self._left = max(self._left, self._coming.popleft()[0])

    def look_up(self, stop: int, entered: float) -> Left:
        """Return what became of the message that ends at this offset, and entered at this time."""
        fate = self._fates.get(stop, "passed")
        if fate == "dropped":
            return Left(fate, None)
        if stop in self._units:
            return Left(fate, self._units[stop])
        at = bisect_left(self._spans, stop, key=lambda span: span.begin) - 1
        if at < 0:
            return Left(fate, entered)
        span = self._spans[at]
        if span.end is not None and stop > span.end:
            return Left(fate, entered)
        if stop <= span.known_from:
            return Left(fate, None)
        found = bisect_left(span.stops, stop)
        if found < len(span.times):
            return Left(fate, max(entered, span.times[found]))
        return Left("lost" if self._is_over else "held", None)


def _make_room(kept: dict[int, Any]) -> None:
    """Forget the older half of what is kept, if it is full.

    One at a time would cost as much as all of them: a dict finds its first key only behind the
    places of those that were deleted.
    """
    if len(kept) >= MAX_KEPT:
        for stop in list(islice(kept, MAX_KEPT // 2)):
            del kept[stop]
