"""A proxy that has only so many connections to the server."""

from __future__ import annotations

from dataclasses import dataclass

from labkit.faults.fault import check_whole
from labkit.faults.link_fault import AcceptFault


@dataclass(frozen=True, repr=False)
class LimitConnections(AcceptFault):
    """Lets so many connections through at a time; the others wait until one of them ends.

    HAProxy does so, if a server has a ``maxconn`` ("set maxconn server" in its documentation).
    Those that wait are connected to the link, but not to the server, which hears nothing of them.

    Parameters
    ----------
    count
        How many may be open through the link. Those that are open already may stay.
    """

    count: int

    def __post_init__(self) -> None:
        """Raise LabError unless the count is a whole number above 0."""
        check_whole("count", self.count, least=1)

    @property
    def effect(self) -> str:
        """What it does, in words and numbers."""
        plural = "" if self.count == 1 else "s"
        return f"{self.count} connection{plural} at a time, the others wait"

    def admits(self, inside: int) -> bool:
        """Return whether there is room for one more."""
        return inside < self.count
