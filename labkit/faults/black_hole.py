"""A line on which nothing arrives, and nobody is told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from labkit.faults.fault import Act, ByteFault, Decision, Live, Random, check_number
from labkit.faults.wording import describe_seconds
from labkit.protocols.stream import Item


@dataclass(frozen=True, repr=False)
class BlackHole(ByteFault):
    """Lets nothing pass, no FIN and no RST either (Toxiproxy: timeout).

    What is sent is held, up to 64 KiB in each direction, and passes when the fault is removed: TCP
    would send it again, too. Toxiproxy discards it, and has to close the connection then.

    Parameters
    ----------
    seconds
        After which the connection is cut; None for never.
    """

    seconds: float | None = None

    def __post_init__(self) -> None:
        """Raise LabError unless the seconds are None or a number, 0 or more."""
        if self.seconds is not None:
            check_number("seconds", self.seconds)

    @property
    def effect(self) -> str:
        """What it does, in words and numbers."""
        silence = "nothing passes, and nobody is told"
        after = "" if self.seconds is None else f"; cut after {describe_seconds(self.seconds)}"
        return silence + after

    def live(self, random: Random) -> Live:
        """Return a live part that holds everything."""
        return _Hole(self.seconds)


class _Hole(Live):
    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds

    def begin(self, now: float) -> Sequence[Decision]:
        return () if self._seconds is None else ((now + self._seconds, Act.CUT),)

    def data(self, item: Item, now: float, /) -> Sequence[Decision]:
        return ((math.inf, item),)

    end = data
