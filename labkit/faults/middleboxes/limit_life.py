"""A gateway that lets no connection live for long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labkit.faults.connection_fault import ConnectionFault
from labkit.faults.fault import Act, Decision, Live, check_number
from labkit.faults.wording import describe_seconds
from labkit.protocols.directions import Direction


@dataclass(frozen=True, repr=False)
class LimitLife(ConnectionFault):
    """Cuts a connection after some seconds, however busy it is.

    Amazon's API Gateway does so with a WebSocket after two hours ("Connection duration" in its
    quotas). Of a connection that is open already, the time from now on counts.

    Parameters
    ----------
    seconds
        For which a connection lives.
    """

    seconds: float

    def __post_init__(self) -> None:
        """Raise LabError unless the seconds are a number above 0."""
        check_number("seconds", self.seconds, above=True)

    @property
    def effect(self) -> str:
        """What it does, in words and numbers."""
        return f"cut after {describe_seconds(self.seconds)}, however busy"

    def make_live(self, directions: Sequence[Direction]) -> Mapping[Direction, Live]:
        """Return one live part, which cuts."""
        return {"upstream": _Limiting(self.seconds)}


class _Limiting(Live):
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def begin(self, now: float) -> Sequence[Decision]:
        return ((now + self._seconds, Act.CUT),)
