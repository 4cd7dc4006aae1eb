"""A load balancer that knows no sessions: each connection leads to the next server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address

from labkit.exceptions import LabError
from labkit.faults.link_fault import DialFault
from labkit.protocols.addresses import parse_address


@dataclass(frozen=True, repr=False)
class RotateConnections(DialFault):
    """Leads each new connection to the next of some servers, in turns.

    A load balancer without sticky sessions does so, and a session that takes more than one
    connection is torn apart: Socket.IO's polling gets 400, "Session ID unknown" ("Using multiple
    nodes" in its documentation). Connections that are open stay where they are.

    Parameters
    ----------
    servers
        Servers, or their addresses, such as "ws://127.0.0.1:8765/"; on this machine only, since a
        link passes requests of any page on to its own server, which judges them itself.
    """

    servers: tuple[str, ...]

    def __post_init__(self) -> None:
        """Raise LabError unless the servers are addresses on this machine."""
        given: object = self.servers
        if isinstance(given, str) or not isinstance(given, Iterable):
            raise LabError(f"servers must be several servers, or their addresses, not {given!r}.")
        servers = tuple(str(getattr(each, "url", each)) for each in given)
        if not servers:
            raise LabError("servers must be at least one server, or its address.")
        object.__setattr__(self, "servers", servers)
        for each in servers:
            if not _is_here(parse_address(each).host):
                raise LabError(
                    f"{each!r} is not on this machine: connections rotate between servers of the "
                    "bench, which judge requests themselves."
                )

    @property
    def effect(self) -> str:
        """What it does, in words and numbers."""
        return f"each connection to the next of {len(self.servers)} servers"

    def choose_server(self, number: int) -> tuple[str, int]:
        """Return the address of the next one in turn."""
        address = parse_address(self.servers[number % len(self.servers)])
        return address.host, address.port


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
