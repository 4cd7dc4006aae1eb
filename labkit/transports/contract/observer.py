"""The observer that a server asks and reports to.

A server knows nothing of the clients on the bench: it sees connections. The bench knows both ends
of a connection, and reports to its clients what the protocol does not.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from labkit.transports.contract.connections import Connection


class Observer(Protocol):
    """Observes servers. Each call is made on the event loop, and must not raise."""

    def find_name(self, port: int) -> str | None:
        """Return the name of the client that dials a server from `port`, None if foreign."""

    def find_link_ports(self, server: str) -> Collection[int]:
        """Return the ports of the links that lead to a server, by its name."""

    def on_connected(self, connection: Connection, port: int) -> None:
        """Handle a new connection, which was dialled from `port`."""

    def on_rooms(self, connection: Connection, rooms: tuple[str, ...]) -> None:
        """Handle a change of the rooms that a connection is in."""

    def on_upgraded(self, connection: Connection) -> None:
        """Handle a change of a connection's transport."""

    def on_handler_failed(
        self, connection: Connection, namespace: str, number: int | None, why: str
    ) -> None:
        """Handle that a handler failed on an event of a connection, or does not exist.

        `number` is that of the acknowledgement that will not come, None if none was requested.
        """

    def on_error(
        self,
        error: BaseException | None,
        where: str,
        what: str | None = None,
        server: object = None,
    ) -> None:
        """Handle an exception or a sentence of a server that would otherwise be lost."""
