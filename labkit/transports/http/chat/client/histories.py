"""Histories one after the other: those of a server that starts again, or of unrelated servers."""

from __future__ import annotations

from labkit.clock import clock

RECENT = 5.0
"""Seconds (scaled) in which no server starts so often, nor goes and comes back as it was."""

MOST_STARTS = 2
"""Starts of a server within that time that are believed."""


class Histories:
    """The histories that a client has left; each start of a server has another one.

    A client that is led from server to server leaves one history for the other, too, without end.
    It is told from a start by what no server does: its histories come back, or never stay.
    """

    def __init__(self) -> None:
        self._left: dict[str, float] = {}  # when each was left, of the last 5 s

    def may_follow(self, before: str, epoch: str, now: float) -> bool:
        """Return whether the server may have started again, and remember what was left.

        Parameters
        ----------
        before, epoch
            The history that is left, and the one that follows.
        now
            The time, in seconds.
        """
        recent = clock.seconds(RECENT)
        self._left = {each: left for each, left in self._left.items() if now - left < recent}
        may = epoch not in self._left and len(self._left) < MOST_STARTS
        self._left[before] = now
        return may
