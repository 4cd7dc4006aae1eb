"""The limit on a server's connections, and the connections beyond it."""

from __future__ import annotations

import asyncio

from labkit.exceptions import LabError


def check_limit(limit: object, name: str) -> None:
    """Raise LabError unless a limit is a whole number, 1 or more."""
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise LabError(f"`{name}` must be a whole number, 1 or more, not {limit!r}.")


class ConnectionLimit:
    """Counts the TCP connections of a server.

    Parameters
    ----------
    most
        The number of connections allowed; further ones get an answer that says so.

    Attributes
    ----------
    refusal
        The text of that answer.
    """

    def __init__(self, most: int) -> None:
        self.refusal = f"there are {most} connections already, the most that this server accepts"
        self._most = most
        self._present: set[asyncio.BaseProtocol] = set()
        self._surplus: set[asyncio.BaseProtocol] = set()

    def add(self, connection: asyncio.BaseProtocol) -> None:
        """Count a new connection."""
        surplus = len(self._present) >= self._most
        (self._surplus if surplus else self._present).add(connection)

    def is_surplus(self, connection: asyncio.BaseProtocol) -> bool:
        """Return whether a connection is beyond the limit."""
        return connection in self._surplus

    def discard(self, connection: asyncio.BaseProtocol) -> None:
        """Stop counting a connection that has ended."""
        self._present.discard(connection)
        self._surplus.discard(connection)
