"""A narrow line: only so many bytes a second get through."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from labkit.faults.fault import ByteFault, Decision, Live, Random, check_number
from labkit.faults.wording import describe_bytes
from labkit.protocols.stream import StreamEnd

PIECE = 0.005
"""Seconds of the line that pass at a time."""

LEAST_PIECE = 64
"""Bytes of the smallest piece, so that a slow line does not hold thousands of them."""

PAUSE = 0.02
"""Seconds: a line that was idle for less goes on as if it had never been, since what it waited for
may only have been late: a timer, or the read that follows a pause."""


@dataclass(frozen=True, repr=False)
class Bandwidth(ByteFault):
    """Lets so many bytes a second pass (Toxiproxy: bandwidth, in KB/s).

    What does not fit waits, and whatever comes behind it waits too, heartbeats included.
    """

    bytes_per_second: float

    def __post_init__(self) -> None:
        """Raise LabError unless the rate is a number above 0."""
        check_number("bytes_per_second", self.bytes_per_second, above=True)

    @property
    def effect(self) -> str:
        """What it does, in words and numbers."""
        return f"{describe_bytes(self.bytes_per_second)} a second"

    def describe_wait(self, seconds: float) -> str:
        """Say how long the last of what it holds will wait."""
        return f"{seconds:.0f} s at this rate" if seconds >= 10 else f"{seconds:.1f} s at this rate"

    def live(self, random: Random) -> Live:
        """Return a live part that lets bytes pass at that rate."""
        return _Narrow(self.bytes_per_second)


class _Narrow(Live):
    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._piece = max(LEAST_PIECE, int(rate * PIECE))
        self._free = -math.inf  # when the line has carried everything

    def data(self, data: bytes, now: float, /) -> Sequence[Decision]:
        if now - self._free > PAUSE:
            self._free = now
        decisions: list[Decision] = []
        for at in range(0, len(data), self._piece):
            piece = data[at : at + self._piece]
            self._free += len(piece) / self._rate
            decisions.append((self._free, piece))
        return decisions

    def end(self, end: StreamEnd, now: float, /) -> Sequence[Decision]:
        return ((max(self._free, now), end),)
