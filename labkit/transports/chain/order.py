"""The order in which a fallback chain tries its ways: pure, without a clock or a network.

Each round of attempts has the ways in one order. The way that worked last comes first, since what
broke may work again at once; then the others as they were given. A way that opens and breaks again
and again comes last: it looks open, and nothing stays on it. As it is last and not out, the chain
still has it when nothing else works.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from labkit.backoff import Backoff

PROOF_TIMEOUT = 3.0
"""Seconds (scaled) within which a way must be proved in both directions."""

EARLY = 10.0
"""Seconds (scaled) after its opening within which the break of a way is an early one."""

MOST_EARLY = 3
"""Early breaks in a row after which a way is left for another one."""

PROBES = Backoff(2, factor=2, cap=60, jitter="none")
"""The waits (in seconds, scaled) before a better way is probed."""


class Order:
    """What a chain knows of its ways.

    Parameters
    ----------
    ways
        Their names, the best one first.

    Attributes
    ----------
    current
        The way that was proved last, None before the first one.
    refusals
        Why each way that does not work now was refused or left, by its name.
    """

    def __init__(self, ways: Sequence[str]) -> None:
        self.ways = tuple(ways)
        self.current: str | None = None
        self.refusals: dict[str, str] = {}
        self._early = Counter[str]()  # breaks in a row
        self._probes = 0

    def is_left(self, way: str) -> bool:
        """Return whether a way has broken too often, so that others are tried before it."""
        return self._early[way] >= MOST_EARLY

    @property
    def next_round(self) -> list[str]:
        """The ways in the order in which to try them now."""
        return sorted(self.ways, key=lambda way: (self.is_left(way), way != self.current))

    @property
    def better(self) -> list[str]:
        """The ways that were given before the current one, which may have come to work."""
        return list(self.ways[: self.ways.index(self.current)]) if self.current else []

    def on_refused(self, way: str, why: str) -> None:
        """Remember why a way could not be proved."""
        self.refusals[way] = why

    def on_proved(self, way: str) -> None:
        """Take a way."""
        self.current = way
        self.refusals.pop(way, None)

    def on_broken(self, way: str, stood: float) -> None:
        """Count the break of a way that was proved.

        Parameters
        ----------
        way
            Its name.
        stood
            Seconds, as the lab's clock counts them, since it was opened.
        """
        if stood >= EARLY:
            self._early[way] = 0
            if way == self.ways[0]:
                self._probes = 0
        else:
            self._early[way] += 1
        if self.is_left(way):
            self.refusals[way] = f"it broke {MOST_EARLY} times within {EARLY:g} s of opening"

    def on_probed(self, way: str) -> None:
        """Give a way that a probe has proved one more chance."""
        self._early[way] = min(self._early[way], MOST_EARLY - 1)

    def next_probe(self) -> float:
        """Return the seconds to wait before the next probe of a better way."""
        self._probes += 1
        return PROBES.delay(self._probes)

    @property
    def words(self) -> str:
        """Why each way was refused, in the order in which they were given."""
        known = [way for way in self.ways if way in self.refusals]
        return "; ".join(f"{way}: {self.refusals[way]}" for way in known)
