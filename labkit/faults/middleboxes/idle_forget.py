"""A NAT that forgets a connection on which nothing has passed for a while, and tells nobody."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from labkit.faults.connection_fault import ConnectionFault
from labkit.faults.fault import Act, Decision, Live, check_number
from labkit.faults.middleboxes.last_traffic import LastTraffic
from labkit.faults.wording import describe_seconds
from labkit.protocols.directions import DIRECTIONS, Direction
from labkit.protocols.stream import Item, StreamEnd


@dataclass(frozen=True, repr=False)
class IdleForget(ConnectionFault):
    """Lets nothing pass any more, once nothing has passed for some seconds; nobody is told.

    A NAT or a load balancer forgets which address belongs to the connection: Azure's load balancer
    drops it silently after 4 minutes by default ("TCP reset and idle timeout" in its manual). What
    is sent then is held, up to 64 KiB in each direction, as by `BlackHole`, until both sides have
    given up. With a direction, only what passes in that one counts.

    Parameters
    ----------
    seconds
        Without a byte, after which the connection is forgotten.
    """

    seconds: float
    has_direction: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Raise LabError unless the seconds are a number above 0."""
        check_number("seconds", self.seconds, above=True)

    @property
    def effect(self) -> str:
        """What it does, in words and numbers."""
        return f"forgotten after {describe_seconds(self.seconds)} of silence, and nobody is told"

    def make_live(self, directions: Sequence[Direction]) -> Mapping[Direction, Live]:
        """Return two live parts, which forget the connection together."""
        flow = _Flow(self.seconds)
        return {each: _Forgetting(flow, counts=each in directions) for each in DIRECTIONS}


class _Flow(LastTraffic):
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._is_forgotten = False
        self.ended = 0  # directions

    def is_forgotten(self, now: float) -> bool:
        """Whether the silence has been too long, once and for all."""
        self._is_forgotten = self._is_forgotten or now - self.at >= self._seconds
        return self._is_forgotten


class _Forgetting(Live):
    def __init__(self, flow: _Flow, *, counts: bool) -> None:
        self._flow = flow
        self._counts = counts

    def begin(self, now: float) -> Sequence[Decision]:
        self._flow.at = now
        return ()

    def data(self, item: Item, now: float, /) -> Sequence[Decision]:
        if self._flow.is_forgotten(now):
            return ((math.inf, item),)
        if self._counts:
            self._flow.at = now
        return ((now, item),)

    def end(self, end: StreamEnd, now: float, /) -> Sequence[Decision]:
        self._flow.ended += 1
        if self._flow.is_forgotten(now) and self._flow.ended == len(DIRECTIONS):
            return ((now, Act.CUT),)  # nobody is there any more
        return self.data(end, now)
