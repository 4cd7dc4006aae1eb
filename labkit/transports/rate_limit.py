"""The rate at which each client of a finished chat may send: a token bucket."""

from __future__ import annotations

import math
import time
from weakref import WeakKeyDictionary

from labkit.exceptions import LabError


def checked_rate(rate: object) -> float | None:
    """Return a limit in messages per second, None for no limit. Raises LabError otherwise."""
    if rate is None:
        return None
    number = rate if isinstance(rate, (int, float)) and not isinstance(rate, bool) else math.nan
    if not (math.isfinite(number) and number > 0):
        raise LabError(
            f"`messages_per_second` must be a number above 0, not {rate!r}. Omit it for no limit."
        )
    return float(number)


class RateLimit:
    """Limits the rate of each connection; after a silent second, a second's worth may burst.

    Parameters
    ----------
    rate
        Messages per second in real time, which the lab's clock does not scale; None for no limit.

    Attributes
    ----------
    words
        The reason why a message over the limit is refused.
    """

    def __init__(self, rate: float | None) -> None:
        self._rate = rate
        self._most = max(1.0, rate or 0)
        self.words = f"more than {rate or 0:g} messages per second"
        self._left: WeakKeyDictionary[object, tuple[float, float]] = WeakKeyDictionary()
        self._refused: WeakKeyDictionary[object, int] = WeakKeyDictionary()

    def count_refused(self, connection: object) -> int:
        """Count a message; return 0 if it may pass, otherwise the number refused in a row."""
        if self._rate is None:
            return 0
        now = time.monotonic()
        left, at = self._left.get(connection, (self._most, now))
        left = min(self._most, left + (now - at) * self._rate)
        if left >= 1:
            self._left[connection] = left - 1, now
            self._refused.pop(connection, None)
            return 0
        self._left[connection] = left, now
        self._refused[connection] = refused = self._refused.get(connection, 0) + 1
        return refused
