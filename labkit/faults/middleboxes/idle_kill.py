"""A proxy that closes a connection on which nothing has passed for a while."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from labkit.faults.connection_fault import ConnectionFault
from labkit.faults.fault import WAKE, Act, Decision, Live, check_number
from labkit.faults.middleboxes.last_traffic import LastTraffic, Watching
from labkit.faults.wording import describe_seconds
from labkit.protocols.directions import Direction


@dataclass(frozen=True, repr=False)
class IdleKill(ConnectionFault):
    """Cuts a connection on which nothing has passed for some seconds.

    nginx does so after 60 s without a byte from the server, by default (``proxy_read_timeout`` in
    its manual). With a direction, only what passes in that one counts: for nginx, downstream.

    Parameters
    ----------
    seconds
        Without a byte, after which it is cut.
    """

    seconds: float
    has_direction: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Raise LabError unless the seconds are a number above 0."""
        check_number("seconds", self.seconds, above=True)

    @property
    def effect(self) -> str:
        """What it does, in words and numbers."""
        return f"cut after {describe_seconds(self.seconds)} of silence"

    def make_live(self, directions: Sequence[Direction]) -> Mapping[Direction, Live]:
        """Return a live part for each direction that counts; the first one cuts."""
        first, *others = directions
        traffic = LastTraffic()
        lives: dict[Direction, Live] = {first: _Killing(traffic, self.seconds)}
        return lives | {direction: Watching(traffic) for direction in others}


class _Killing(Watching):
    def __init__(self, traffic: LastTraffic, seconds: float) -> None:
        super().__init__(traffic)
        self._seconds = seconds

    def begin(self, now: float) -> Sequence[Decision]:
        super().begin(now)
        return self.wake(now)

    def wake(self, now: float, /) -> Sequence[Decision]:
        due = self._traffic.at + self._seconds
        return ((due, Act.CUT),) if now >= due else ((due, WAKE),)
