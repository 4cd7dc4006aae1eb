"""Times in HAR files, which every program writes in its own way."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

_YEAR = 366 * 24 * 3600.0
_NEVER_SECONDS = 1e11
"""As seconds since 1970 this is the year 5138; as milliseconds it is 1973."""


def epoch() -> float:
    """Return what to add to a time of `time.perf_counter` to get seconds since 1970."""
    return time.time() - time.perf_counter()


def as_number(value: object) -> float | None:
    """Return a finite number, also one that was written as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def starts(entries: Iterable[Any]) -> list[float]:
    """Return when each entry began, in seconds since 1970.

    One that does not say so began with the entry before it.
    """
    known = [_started(entry) for entry in entries]
    last = next((each for each in known if each is not None), time.time())
    found = []
    for each in known:
        last = last if each is None else each
        found.append(last)
    return found


def _started(entry: Any) -> float | None:
    try:
        at = datetime.fromisoformat(entry["startedDateTime"]).timestamp()
    except (TypeError, KeyError, ValueError, OverflowError, OSError):
        return None
    return at if 0 <= at < _NEVER_SECONDS else None  # in UTC, the years 0 and 10000 have no date


class MessageTimes:
    """The times of the messages of one WebSocket, which never go back.

    Chromium writes seconds since 1970 and Playwright milliseconds, or -1 if times were left out;
    some programs count from another beginning. A time that cannot be is that of the message before.

    Parameters
    ----------
    start
        When the socket's entry began, in seconds since 1970.

    Examples
    --------
    >>> times = MessageTimes(1_767_268_800.0)
    >>> times.of(1_767_268_801_500), times.of(-1), times.of(1_767_268_802.5)
    (1767268801.5, 1767268801.5, 1767268802.5)
    """

    def __init__(self, start: float) -> None:
        self._last = start
        self._shift: float | None = None

    def of(self, value: object) -> float:
        """Return when the next message passed, in seconds since 1970, for what its entry says."""
        at = as_number(value)
        if at is None or at < 0:
            return self._last
        while at > _NEVER_SECONDS:
            at /= 1000
        if self._shift is None:
            near = self._last - 1 <= at <= self._last + _YEAR
            self._shift = 0.0 if near else self._last - at
        at += self._shift
        if self._last <= at <= self._last + _YEAR:
            self._last = at
        return self._last
