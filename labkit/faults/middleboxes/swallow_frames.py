"""A filter that lets a WebSocket open, and then nothing through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from labkit.faults.fault import Decision, Live
from labkit.faults.http_fault import HttpFault, HttpLive
from labkit.protocols.directions import Direction
from labkit.protocols.units import Unit


@dataclass(frozen=True, repr=False)
class SwallowFrames(HttpFault):
    """Lets the handshake of a WebSocket pass, and loses every frame behind it.

    Both sides believe that the connection is open, until a heartbeat fails. FIN and RST pass. With
    a direction, frames are lost in that one alone.
    """

    has_direction: ClassVar[bool] = True

    @property
    def effect(self) -> str:
        """What it does, in words."""
        return "loses every frame of a WebSocket"

    def make_live(self, directions: Sequence[Direction]) -> Mapping[Direction, Live]:
        """Return live parts that lose frames."""
        return {direction: _Swallowing() for direction in directions}


class _Swallowing(HttpLive):
    def __init__(self) -> None:
        self._has_swallowed = False

    def passes(self, unit: Unit, /) -> bool:
        return False

    def unit(self, unit: Unit, now: float, /) -> Sequence[Decision]:
        self._has_swallowed = True
        return ((now, unit.dropped()),)

    def data(self, data: bytes, now: float, /) -> Sequence[Decision]:
        return () if self._has_swallowed else ((now, data),)  # the rest of a large message
