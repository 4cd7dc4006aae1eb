"""The bench's observer: it correlates both ends of a connection, and reports to its clients.

A server sees a connection that was dialled from some port. A client dials its link, and the link
dials the server. By these ports, the two ends are recognized as one connection.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from weakref import WeakKeyDictionary

from labkit.links import Link
from labkit.loop.background_errors import BackgroundErrors
from labkit.transports.contract import Client, Connection


class Observer:
    """Observes the servers of one bench; see `labkit.transports.contract.observer`.

    Parameters
    ----------
    clients
        The bench's clients, by name.
    all_links
        Returns the bench's links.
    background_errors
        Collects the errors.
    """

    def __init__(
        self,
        clients: Mapping[str, Client],
        all_links: Callable[[], Iterable[Link]],
        background_errors: BackgroundErrors,
    ) -> None:
        self._clients = clients
        self._all_links = all_links
        self._client_of = WeakKeyDictionary[Connection, Client]()
        self.on_error = background_errors.add

    def _find_client(self, port: int) -> Client | None:
        """Return the client that reaches a server from `port`, None for a foreign one."""
        for client in self._clients.values():
            if any(client.link.port_behind(own) == port for own in client.local_ports):
                return client
        return None

    def find_name(self, port: int) -> str | None:
        """Return the name of the client that reaches a server from `port`, None if foreign."""
        client = self._find_client(port)
        return None if client is None else client.name

    def find_link_ports(self, server: str) -> Collection[int]:
        """Return the ports of the links that lead to a server, by its name."""
        return [link.port for link in self._all_links() if link.leads_to == server]

    def on_connected(self, connection: Connection, port: int) -> None:
        """Remember the connection's client: a connection outlives its first socket."""
        client = self._find_client(port)
        if client is not None:
            self._client_of[connection] = client

    def on_rooms(self, connection: Connection, rooms: tuple[str, ...]) -> None:
        """Report to the client which rooms it is in."""
        client = self._client_of.get(connection)
        if client is not None:
            client._on_rooms(rooms)

    def on_upgraded(self, connection: Connection) -> None:
        """Notify the client's views that its transport changed."""
        client = self._client_of.get(connection)
        if client is not None:
            client.changes.notify()

    def on_handler_failed(
        self, connection: Connection, namespace: str, number: int | None, why: str
    ) -> None:
        """Report to the client that a handler failed on its event, or is missing."""
        client = self._client_of.get(connection)
        if client is not None:
            client._on_handler_failed(namespace, number, why)
