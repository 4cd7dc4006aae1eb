"""Answers to heartbeats that never arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labkit.faults.message_fault import AlteringFault, corrupts_what_follows
from labkit.protocols.units import Agreed, Unit


@dataclass(frozen=True, repr=False)
class SwallowPongs(AlteringFault):
    """Loses all pongs: pong frames, and the packets ``3`` of Engine.IO.

    Whoever sent the ping finds nobody there, and ends a connection on which all else arrives.
    """

    @property
    def effect(self) -> str:
        """What it does, in words and numbers."""
        return "loses the answers to heartbeats"

    def is_selected(self, unit: Unit) -> bool:
        """Return whether a unit is a pong that answers a heartbeat, and no upgrade's probe."""
        return unit.kind == "pong" and (unit.is_control or unit.content == b"3")

    def find_obstacle(self, agreed: Agreed) -> str:
        """Return why pongs cannot be lost: on Socket.IO they are messages."""
        return corrupts_what_follows(self, agreed) if agreed.is_engineio else ""

    def alter(self, unit: Unit) -> Sequence[Unit]:
        """Return its place, which is empty."""
        return (unit.dropped(),)
