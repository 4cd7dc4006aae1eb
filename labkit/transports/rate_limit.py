"""How fast each guest of a finished chat may speak: a token bucket."""

from __future__ import annotations

import math
import time
from weakref import WeakKeyDictionary

from labkit.exceptions import LabError


def checked_rate(rate: object) -> float | None:
    """Return messages a second, None for no limit. Raises LabError if it is neither."""
    if rate is None:
        return None
    number = rate if isinstance(rate, (int, float)) and not isinstance(rate, bool) else math.nan
    if not (math.isfinite(number) and number > 0):
        raise LabError(
            f"`messages_per_second` is a number above 0, not {rate!r}. Omit it for no limit."
        )
    return float(number)


class RateLimit:
    """A limit for each guest; who was silent for a second may say a second's worth at once.

    Parameters
    ----------
    rate
        Messages a second, in real time, which the lab's clock does not scale; None for no limit.

    Attributes
    ----------
    words
        What a guest did who is over the limit.
    """

    def __init__(self, rate: float | None) -> None:
        self._rate = rate
        self._most = max(1.0, rate or 0)
        self.words = f"more than {rate or 0:g} messages a second"
        self._left: WeakKeyDictionary[object, tuple[float, float]] = WeakKeyDictionary()
        self._refused: WeakKeyDictionary[object, int] = WeakKeyDictionary()

    def overruns(self, guest: object) -> int:
        """Count a message of a guest's; return 0 if it may pass, else how many did not in a row."""
        if self._rate is None:
            return 0
        now = time.monotonic()
        left, at = self._left.get(guest, (self._most, now))
        left = min(self._most, left + (now - at) * self._rate)
        if left >= 1:
            self._left[guest] = left - 1, now
            self._refused.pop(guest, None)
            return 0
        self._left[guest] = left, now
        self._refused[guest] = refused = self._refused.get(guest, 0) + 1
        return refused
