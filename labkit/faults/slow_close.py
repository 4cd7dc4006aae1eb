"""A connection that takes its time to end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labkit.faults.fault import ByteFault, Decision, Live, Random, check_number
from labkit.faults.wording import describe_seconds
from labkit.protocols.stream import StreamEnd


@dataclass(frozen=True, repr=False)
class SlowClose(ByteFault):
    """Passes FIN and RST on only after some seconds (Toxiproxy: slow_close)."""

    seconds: float

    def __post_init__(self) -> None:
        """Raise LabError unless the seconds are a number, 0 or more."""
        check_number("seconds", self.seconds)

    @property
    def effect(self) -> str:
        """What it does, in words and numbers."""
        return f"the end {describe_seconds(self.seconds)} later"

    def live(self, random: Random) -> Live:
        """Return a live part that delays the end alone."""
        return _SlowToClose(self.seconds)


class _SlowToClose(Live):
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def end(self, end: StreamEnd, now: float, /) -> Sequence[Decision]:
        return ((now + self._seconds, end),)
