"""The connections of a server, as the server sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Membership:
    """A connection's place in a Socket.IO namespace.

    Attributes
    ----------
    sid
        Its session id there; another one in each namespace, and after each reconnection.
    rooms
        In the order of their names, without the one that every connection has for itself.
    """

    namespace: str
    sid: str
    rooms: tuple[str, ...]


@dataclass(eq=False)
class Connection:
    """One connection, as the server sees it.

    Attributes
    ----------
    number
        Counts the server's connections, from 1.
    name
        The client's name if it is one of the bench, otherwise ``guest N``.
    since
        Seconds since the epoch.
    received
        How many messages came from it; None where nobody counts them (in a handler of one's own).
    raw
        The library's own object; on Socket.IO the id of its Engine.IO session.
    """

    number: int
    name: str
    since: float
    raw: Any
    received: int | None = None

    @property
    def transport(self) -> str:
        """How its messages travel now."""
        return "websocket"

    @property
    def memberships(self) -> tuple[Membership, ...]:
        """Its places in namespaces; () where there are none."""
        return ()
