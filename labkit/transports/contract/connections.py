"""The connections of a server, as the server sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from labkit.exceptions import LabError
from labkit.loop.lifetime import Lifetime


@dataclass(frozen=True)
class Membership:
    """A connection's place in a Socket.IO namespace.

    Attributes
    ----------
    sid
        Its session id there; it differs in each namespace, and after each reconnection.
    rooms
        Its rooms in the order of their names, without the room that each connection has for itself.
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
        The number of the connection, from 1.
    name
        The client's name if the client is the bench's, otherwise ``guest N``.
    since
        The time at which it was opened, in seconds since the epoch.
    received
        The number of messages that came from it; None where they are not counted (with a learner's
        handler).
    raw
        The library's own object; on Socket.IO, the id of its Engine.IO session.
    lifetime
        What the tasks that its handler makes belong to.
    """

    number: int
    name: str
    since: float
    raw: Any
    received: int | None = None
    lifetime: Lifetime = field(default_factory=Lifetime, init=False)

    @property
    def transport(self) -> str:
        """How messages travel now."""
        return "websocket"

    @property
    def memberships(self) -> tuple[Membership, ...]:
        """The namespaces that it has joined; () without namespaces."""
        return ()


class Named(Protocol):
    """Something with a name, such as a client of the bench."""

    @property
    def name(self) -> str:
        """The name."""


def find_connection(
    connections: Sequence[Connection], who: Connection | Named | str, server: str
) -> Connection:
    """Return the only connection of a name, or of a client. Raises LabError if there is not one."""
    if isinstance(who, Connection):
        return who
    name = getattr(who, "name", who)
    found = [each for each in connections if each.name == name]
    if len(found) != 1:
        several = f"{len(found)} connections of {server!r} are"
        raise LabError(
            f"{several if found else f'No connection of {server!r} is'} named {name!r}. "
            "Give one of `server.connections`; there are: "
            f"{', '.join(each.name for each in connections) or 'none'}."
        )
    return found[0]
