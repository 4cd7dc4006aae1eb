"""A firewall that loses requests for a WebSocket, and says nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labkit.faults.fault import Decision, Live
from labkit.faults.http_fault import HttpFault, HttpLive, UpgradeLive
from labkit.protocols.directions import Direction
from labkit.protocols.http_parts import HttpPart


@dataclass(frozen=True, repr=False)
class DropUpgrade(HttpFault):
    """Loses each request to upgrade, and all that the client sends behind it on that connection.

    The client gets no answer, no FIN and no RST: only its own patience ends the wait. Polling on
    other connections goes on.
    """

    @property
    def effect(self) -> str:
        """What it does, in words."""
        return "loses requests to upgrade, and nobody is told"

    def make_live(self, directions: Sequence[Direction]) -> Mapping[Direction, Live]:
        """Return live parts that lose what belongs to an upgrade."""
        return {"upstream": _Losing(), "downstream": HttpLive()}


class _Losing(UpgradeLive):
    def __init__(self) -> None:
        super().__init__()
        self._has_lost = False

    def part(self, part: HttpPart, now: float, /) -> Sequence[Decision]:
        if self._has_lost:
            return ((now, part.dropped()),)
        return super().part(part, now)

    def change(self, part: HttpPart) -> HttpPart:
        self._has_lost = True
        return part.dropped()

    def data(self, data: bytes, now: float, /) -> Sequence[Decision]:
        return () if self._has_lost else ((now, data),)
