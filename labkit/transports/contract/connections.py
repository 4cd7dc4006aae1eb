"""Who is connected to a server, as the server sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from labkit.transports.contract.client import Client


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
    client
        The bench's own client at the other end, None for a stranger.
    """

    number: int
    name: str
    since: float
    raw: Any
    received: int | None = None
    client: Client | None = None

    @property
    def transport(self) -> str:
        """How its messages travel now."""
        return "websocket"

    @property
    def memberships(self) -> tuple[Membership, ...]:
        """Its places in namespaces; () where there are none."""
        return ()

    # No protocol says these to a client, but the bench knows both ends.

    def report_rooms(self, rooms: tuple[str, ...]) -> None:
        """Show the bench's client in which rooms the server keeps it."""
        if self.client is not None:
            self.client._on_rooms(rooms)

    def report_failure(self, namespace: str, number: int | None, why: str) -> None:
        """Report to the bench's client that a handler failed on its event, or is missing.

        `number` is that of the acknowledgement which will not come, None if none was asked for.
        """
        if self.client is not None:
            self.client._on_handler_failed(namespace, number, why)
