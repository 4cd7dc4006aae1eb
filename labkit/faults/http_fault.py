"""Faults that understand HTTP: what a proxy or a firewall does to requests and responses.

A link hands such a fault parts (`labkit/protocols/http_parts.py`) of every request and response on
a connection, not of the first alone, since a client may ask for an upgrade on a connection on which
it has polled before. Behind the upgrade it gets units, as faults on messages do. What is not HTTP
passes.
"""

from __future__ import annotations

from collections.abc import Sequence

from labkit.faults.connection_fault import ConnectionFault
from labkit.faults.fault import Decision, Live
from labkit.protocols.http_parts import HttpPart
from labkit.protocols.units import Unit


class HttpFault(ConnectionFault):
    """A fault that acts on requests and responses."""


class HttpLive(Live):
    """The live part of a fault that understands HTTP; this one changes nothing."""

    def passes(self, unit: Unit, /) -> bool:
        """Return that what follows an upgrade passes."""
        return True


class UpgradeLive(HttpLive):
    """The live part of a fault that acts on requests to upgrade, and on no other request."""

    def __init__(self) -> None:
        self._is_upgrade = False

    def part(self, part: HttpPart, now: float, /) -> Sequence[Decision]:
        """Ask what becomes of a part that belongs to a request to upgrade."""
        if part.head is not None:
            self._is_upgrade = part.head.asks_to_upgrade
        return ((now, self.change(part) if self._is_upgrade else part),)

    def change(self, part: HttpPart) -> HttpPart:
        """Return what passes in the place of a part of a request to upgrade."""
        return part
