"""How many connections a server has, and which of them are too many."""

from __future__ import annotations

import asyncio

from labkit.exceptions import LabError


def check_limit(limit: object, name: str) -> None:
    """Raise LabError unless a limit is a whole number from 1 on."""
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise LabError(f"`{name}` is a whole number from 1 on, not {limit!r}.")


class ConnectionLimit:
    """The TCP connections of a server.

    Parameters
    ----------
    most
        How many there may be; those beyond it get an answer that says so.

    Attributes
    ----------
    refusal
        What that answer says.
    """

    def __init__(self, most: int) -> None:
        self.refusal = f"there are {most} connections already, as many as this server takes"
        self._most = most
        self._present: set[asyncio.BaseProtocol] = set()
        self._surplus: set[asyncio.BaseProtocol] = set()

    def add(self, connection: asyncio.BaseProtocol) -> None:
        """Count a new connection."""
        surplus = len(self._present) >= self._most
        (self._surplus if surplus else self._present).add(connection)

    def is_surplus(self, connection: asyncio.BaseProtocol) -> bool:
        """Whether a connection is one too many."""
        return connection in self._surplus

    def discard(self, connection: asyncio.BaseProtocol) -> None:
        """Count no longer a connection that has ended."""
        self._present.discard(connection)
        self._surplus.discard(connection)
