"""A firewall that loses requests for a WebSocket, and says nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labkit.faults.fault import Act, Decision, Live
from labkit.faults.http_fault import HttpFault, HttpLive, UpgradeLive
from labkit.protocols.directions import Direction
from labkit.protocols.http_parts import HttpPart
from labkit.protocols.stream import StreamEnd


@dataclass(frozen=True, repr=False)
class DropUpgrade(HttpFault):
    """Loses each request to upgrade, and all that the client sends behind it on that connection.

    The client gets no answer, and no end either, when the server gives the silent connection up:
    only its own patience ends the wait. Other connections go on.
    """

    @property
    def effect(self) -> str:
        """What it does, in words."""
        return "loses requests to upgrade, and nobody is told"

    def make_live(self, directions: Sequence[Direction]) -> Mapping[Direction, Live]:
        """Return live parts that lose what belongs to an upgrade."""
        losing = _Losing()
        return {"upstream": losing, "downstream": _Silent(losing)}


class _Losing(UpgradeLive):
    def __init__(self) -> None:
        super().__init__()
        self.has_lost = False

    def part(self, part: HttpPart, now: float, /) -> Sequence[Decision]:
        if self.has_lost:
            return ((now, part.dropped()),)
        return super().part(part, now)

    def change(self, part: HttpPart) -> HttpPart:
        self.has_lost = True
        return part.dropped()

    def data(self, data: bytes, now: float, /) -> Sequence[Decision]:
        return () if self.has_lost else ((now, data),)

    def end(self, end: StreamEnd, now: float, /) -> Sequence[Decision]:
        return ((now, Act.CUT if self.has_lost else end),)  # nobody waits any more


class _Silent(HttpLive):
    def __init__(self, losing: _Losing) -> None:
        self._losing = losing

    def end(self, end: StreamEnd, now: float, /) -> Sequence[Decision]:
        return ((math.inf if self._losing.has_lost else now, end),)
