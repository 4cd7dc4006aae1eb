"""When something passed last on a connection, for the faults that act on idle ones."""

from __future__ import annotations

from collections.abc import Sequence

from labkit.faults.fault import Decision, Live
from labkit.protocols.stream import Item


class LastTraffic:
    """When something passed last on a connection."""

    at = 0.0


class Watching(Live):
    """Watches one direction of a connection.

    Parameters
    ----------
    traffic
        Of the connection, in all directions that count.
    """

    def __init__(self, traffic: LastTraffic) -> None:
        self._traffic = traffic

    def begin(self, now: float) -> Sequence[Decision]:
        """Begin to count."""
        self._traffic.at = now
        return ()

    def data(self, item: Item, now: float, /) -> Sequence[Decision]:
        """Remember that something passes."""
        self._traffic.at = now
        return ((now, item),)

    end = data
