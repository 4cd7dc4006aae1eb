"""Opening links, which look their server up by name each time they dial.

So a link finds the server that has replaced the one for which it was opened.
"""

from __future__ import annotations

from collections.abc import Mapping

from labkit.exceptions import LabError
from labkit.links import Address, Link
from labkit.transports.contract import Client, Server
from labkit.transports.foreign_links import foreign_link


class LinkOpener:
    """Opens links to the servers of a bench and to addresses elsewhere.

    Parameters
    ----------
    servers, clients
        Those of the bench now, by name.
    """

    def __init__(self, servers: Mapping[str, Server], clients: Mapping[str, Client]) -> None:
        self._servers = servers
        self._clients = clients

    async def open_link(self, to: Server | str, name: str) -> Link:
        """Open a link of a name to a server, whose faults it gets, or to an address."""
        if isinstance(to, str):
            elsewhere = foreign_link(to, name, self._is_own_client)
            elsewhere.is_own_client = self._is_own_client
            return await elsewhere.open()

        def now() -> Address:
            server = self._servers.get(to.name, to)
            if not server.running:
                raise LabError(f"the server {server.name!r} is stopped")
            return server.host, server.port

        link = Link(now, name)
        link.is_own_client = self._is_own_client
        link.leads_to, link.protocol = to.name, to.protocol
        link.scheme, link.path = to.scheme, to.path
        await link.open()
        to.faults.include(link.faults)
        return link

    def _is_own_client(self, port: int | None) -> bool:
        return any(port in client.local_ports for client in self._clients.values())
