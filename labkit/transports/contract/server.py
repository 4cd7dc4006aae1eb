"""What every transport's Server offers."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, Self

from labkit.clock import Changes
from labkit.descriptors import FEW, keep_some_free
from labkit.exceptions import LabError
from labkit.link_connection import close_with_reset
from labkit.protocols.addresses import netloc
from labkit.transports.arrivals import Arrivals, checked_limit
from labkit.transports.contract.client import Client
from labkit.transports.contract.guests import Connection
from labkit.transports.contract.log import Event, Kind, Log
from labkit.transports.listening import (
    checked_host,
    dialled_host,
    exposure,
    listen,
    origin_policy,
)
from labkit.transports.origin_policy import Refusal
from labkit.transports.ports import cannot_listen
from labkit.transports.server_token import has_token, missing_token, token_query
from labkit.transports.settings import MAX_CONNECTIONS


class Server(ABC):
    """A server that runs in the kernel.

    Attributes
    ----------
    name
        How it is called on the bench.
    protocol, scheme
        What it speaks, and how its addresses begin.
    has_rooms
        Whether `move` works.
    counts_messages
        Whether it knows how many messages came from each connection.
    farewell
        What becomes of those who are connected when it stops.
    max_connections, sockets_each
        How many clients it takes, and how many connections of TCP each of them may need.
    arrivals
        Counts those connections.
    listens_at, addresses
        The host at which it was asked to listen, and the addresses at which it does.
    host, port
        Where clients of this machine dial it.
    running
        Whether it listens.
    policy
        Which names it has, and so which requests it answers.
    token
        What each request must have in its query, "" if anybody may come.
    open_paths
        Paths whose requests need no token: files that hold nothing.
    connections
        Who is connected, in the order of arrival.
    changes
        Notified after every change of the above.
    """

    protocol: str
    scheme: str
    has_rooms = False
    counts_messages = False
    sockets_each = 1
    farewell = "its clients get close code 1001"
    open_paths: frozenset[str] = frozenset()

    def __init__(
        self,
        name: str,
        *,
        host: str | None = "127.0.0.1",
        port: int = 0,
        hosts: Collection[str] = (),
        token: str = "",
        max_connections: int = MAX_CONNECTIONS,
    ) -> None:
        checked_limit(max_connections, "max_connections")
        self.name = name
        self.token = token
        self.max_connections = max_connections
        self.arrivals = Arrivals(max_connections * self.sockets_each)
        self.listens_at = checked_host(host)
        self.host = dialled_host(self.listens_at)
        self.port = port
        self.addresses: list[str] = []
        self.policy = replace(origin_policy(self.listens_at, hosts), own_ports=self._own_ports)
        self.running = False
        self.connections: list[Connection] = []
        self._log = Log()
        self.changes = Changes()
        self.client_at: Callable[[int], Client | None] = lambda port: None
        self.link_ports: Callable[[], Collection[int]] = tuple
        self._arrivals = 0
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        """Listen; a server that runs stays as it is. Raises LabError if it cannot listen."""
        async with self._turn:
            if not self.running:
                await self._start()

    async def stop(self) -> None:
        """Refuse new clients, tell the others that the server goes away, end within 3 s."""
        async with self._turn:
            await self._stop()

    def _own_ports(self) -> Collection[int]:
        """Return the ports at which its page is found: its own, and those of its links."""
        return {self.port, *self.link_ports()}

    def refusal(self, target: str, values: Callable[[str], Sequence[str]]) -> Refusal | None:
        """Return why a request is refused, by its target and the values of its headers."""
        refusal = self.policy.judge(values)
        if refusal or not self.token or target.partition("?")[0] in self.open_paths:
            return refusal
        return None if has_token(target, self.token) else Refusal(403, missing_token(self.name))

    async def _listen(self, begin: Callable[[list[str], int], Awaitable[None]]) -> None:
        """Listen at every address of the host, by `begin`. Raises LabError if that fails."""
        try:
            self.addresses = await listen(self.listens_at, self.port, begin)
        except (OSError, UnicodeError) as error:
            raise cannot_listen(self.listens_at, self.port, error) from error

    @abstractmethod
    async def _start(self) -> None:
        """Listen. Raises LabError if the port cannot be had."""

    @abstractmethod
    async def _stop(self) -> None:
        """Refuse new clients, tell the others, end; nothing happens if it does not run."""

    async def disconnect(self, connection: Connection | Client | str) -> None:
        """End a connection politely.

        Parameters
        ----------
        connection
            One of `connections`; or a client of the bench, or a name, if only one has it.

        Raises
        ------
        LabError
            If nobody like that is connected.
        """
        await self._disconnect(self._find(connection))

    async def move(
        self, connection: Connection | Client | str, namespace: str, room: str, into: bool
    ) -> None:
        """Move a connection into or out of a room. Raises LabError where there are no rooms."""
        await self._move(self._find(connection), namespace, room, into)

    def _find(self, who: Connection | Client | str) -> Connection:
        if isinstance(who, Connection):
            return who
        found = [
            each for each in self.connections if who is not None and who in (each.name, each.client)
        ]
        if len(found) != 1:
            raise LabError(
                f"{len(found) or 'Nobody'} of those connected to {self.name!r} "
                f"{'are' if found else 'is'} {who!r}. Give one of `server.connections`; there are: "
                f"{', '.join(each.name for each in self.connections) or 'none'}."
            )
        return found[0]

    @abstractmethod
    async def _disconnect(self, connection: Connection) -> None:
        """End a connection politely."""

    async def _move(self, connection: Connection, namespace: str, room: str, into: bool) -> None:
        raise LabError(f"{self.name!r} has no rooms: {self.protocol} does not know them.")

    def arrive(self, make: Callable[..., Connection], port: int | None, raw: Any) -> Connection:
        """Return the connection from a port, named after the bench's client if it is one."""
        self._arrivals += 1
        client = None if port is None else self.client_at(port)
        name = client.name if client else f"guest {self._arrivals}"
        received = 0 if self.counts_messages else None
        return make(self._arrivals, name, time.time(), raw, received, client=client)

    def admit(self, connection: asyncio.BaseProtocol, transport: asyncio.Transport) -> None:
        """Count a new connection, and cut it off if strangers have taken too many descriptors."""
        self.arrivals.came(connection)

        def cut_off() -> None:
            self.note("refused", "a request", FEW)
            close_with_reset(transport)

        keep_some_free(transport, lambda port: self.client_at(port) is not None, cut_off)

    def sweep(self) -> None:  # noqa: B027
        """Look after the connections; called ten times a second."""

    @property
    def url(self) -> str:
        """Where clients connect to."""
        return f"{self.scheme}://{netloc(self.host, self.port)}{self.path}"

    @property
    def page(self) -> str:
        """Where a browser finds the chat page."""
        return f"http://{netloc(self.host, self.port)}{self.path}"

    @property
    def path(self) -> str:
        """What stands in its addresses behind the port: the token, if it has one."""
        return f"/{token_query(self.token)}"

    @property
    def exposure(self) -> str:
        """What it means for safety where it listens, "" if only this machine reaches it."""
        return exposure(self.name, self.addresses)

    @property
    def connection_count(self) -> int:
        """How many clients are connected."""
        return len(self.connections)

    @property
    def events(self) -> list[Event]:
        """What happened last, oldest first; many messages do not push out all else."""
        return self._log.events

    @property
    def counts(self) -> dict[str, int]:
        """How often each kind of event happened since the start."""
        return self._log.counts

    def note(self, kind: Kind, who: str, text: str = "") -> None:
        """Keep an event and count it."""
        self._log.add(kind, who, text)
        self.changes.notify()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    def __repr__(self) -> str:
        state = "running" if self.running else "stopped"
        return (
            f"<Server {self.name!r}: {self.protocol}, {state}, {self.connection_count} connected>"
        )
