"""When to try again: waits that grow from attempt to attempt, and differ between clients.

With jitter, clients that lost their connections together do not come back together ("Exponential
Backoff And Jitter", AWS Architecture Blog, 2015, whose names are used here).

Nothing here waits. Seconds are unscaled: a program that waits scales them by the lab's clock.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Literal, Protocol, get_args

from labkit.exceptions import LabError

Jitter = Literal["full", "equal", "none"]


class HasRandom(Protocol):
    """A source of random numbers, such as `random.Random`."""

    def random(self) -> float:
        """Return a number from 0 up to, but not including, 1."""


@dataclass(frozen=True)
class Backoff:
    """Exponential backoff: before the n-th attempt in a row, wait ``first * factor**(n - 1)``.

    ``Backoff(0)`` does not wait at all, and ``Backoff(1, factor=1, jitter="none")`` always waits
    one second.

    Attributes
    ----------
    first
        Seconds before the first attempt.
    factor
        The factor from one attempt to the next, at least 1.
    cap
        The longest wait, in seconds.
    jitter
        Which part of that wait is random: "full" waits between 0 and all of it, "equal" between
        half and all of it, "none" all of it.

    Raises
    ------
    LabError
        If a value makes no sense.

    Examples
    --------
    >>> backoff = Backoff(1, factor=2, cap=5, jitter="none")
    >>> [backoff.delay(attempt) for attempt in range(1, 6)]
    [1.0, 2.0, 4.0, 5.0, 5.0]
    """

    first: float = 1.0
    factor: float = 2.0
    cap: float = 5.0
    jitter: Jitter = "full"

    def __post_init__(self) -> None:
        for name, least in (("first", 0), ("factor", 1), ("cap", 0)):
            value = getattr(self, name)
            if not (_is_finite(value) and value >= least):
                unit = "a number" if name == "factor" else "a number of seconds"
                raise LabError(f"Backoff needs {unit} for {name}, {least} or more, not {value!r}.")
        if self.cap < self.first:
            raise LabError(
                f"The cap of a Backoff ({self.cap!r} s) is its longest wait, so it cannot be "
                f"shorter than the first one ({self.first!r} s)."
            )
        if self.jitter not in get_args(Jitter):
            raise LabError(
                f'The jitter of a Backoff is "full", "equal" or "none", not {self.jitter!r}.'
            )

    def delay(self, attempt: int, rng: HasRandom | None = None) -> float:
        """Return the wait before an attempt.

        Parameters
        ----------
        attempt
            Its number, from 1, among the attempts in a row.
        rng
            Where random numbers come from; only its method `random` is called, once, and not at all
            without jitter. By default a new `random.Random`.

        Returns
        -------
        float
            Seconds, unscaled.

        Raises
        ------
        LabError
            If `attempt` is not 1 or more.
        """
        if not attempt >= 1:
            raise LabError(f"Attempts are counted from 1, so there is no attempt {attempt!r}.")
        longest = self._longest(attempt)
        if self.jitter == "none":
            return longest
        part = (rng or Random()).random()
        return longest * (part if self.jitter == "full" else (1 + part) / 2)

    def delays(self, rng: HasRandom | str | None = None) -> Iterator[float]:
        """Return the waits before the attempts in a row, without end.

        Parameters
        ----------
        rng
            Where random numbers come from, as for `delay`, or the seed of a `random.Random`: the
            same seed gives the same waits, on every machine.

        Returns
        -------
        iterator of float
            Seconds, unscaled.

        Examples
        --------
        >>> from itertools import islice
        >>> [round(delay, 3) for delay in islice(Backoff(1, cap=5).delays("alice"), 4)]
        [0.857, 0.547, 3.614, 4.8]
        """
        chosen = Random(rng) if rng is None or isinstance(rng, str) else rng
        return (self.delay(attempt, chosen) for attempt in count(1))

    def _longest(self, attempt: int) -> float:
        """Return the wait before an attempt without jitter."""
        if not self.first:
            return 0.0  # which an infinite power would turn into NaN
        try:
            grown = float(self.first) * float(self.factor) ** (attempt - 1)
        except OverflowError:
            grown = math.inf
        return min(float(self.cap), grown)


def _is_finite(value: object) -> bool:
    if isinstance(value, (bool, str, bytes)):
        return False
    try:
        return math.isfinite(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return False
