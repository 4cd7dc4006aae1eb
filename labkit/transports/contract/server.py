"""The server's side of the contract."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, Self

from labkit.exceptions import LabError
from labkit.links import FaultGroup
from labkit.observable import Observable
from labkit.protocols.addresses import netloc
from labkit.sockets.closing import close_with_reset
from labkit.sockets.descriptors import FEW_DESCRIPTORS, keep_descriptors_free
from labkit.transports.connection_limit import ConnectionLimit, check_limit
from labkit.transports.contract.connections import Connection, Named, find_connection
from labkit.transports.contract.log import Kind, Log, LogEntry
from labkit.transports.contract.server_settings import ServerSettings
from labkit.transports.listening import (
    checked_host,
    describe_exposure,
    dialled_host,
    listen,
    make_origin_policy,
)
from labkit.transports.origin_policy import Refusal
from labkit.transports.ports import listen_error
from labkit.transports.server_token import explain_missing_token, has_token, token_query
from labkit.transports.settings import CLOSE_TIMEOUT
from labkit.transports.slow_reader import SlowReaders


class Server(ABC):
    """A server that runs in the kernel.

    Attributes
    ----------
    name
        Its name on the bench.
    protocol, scheme
        The protocol that it speaks, and the scheme of its addresses.
    has_rooms
        Whether `move` works.
    counts_messages
        Whether it counts the messages of each connection.
    max_connections, sockets_each
        The number of clients that it accepts, and of TCP connections that each of them may need.
    connection_limit
        Counts these TCP connections.
    listens_at, addresses
        The host at which it was asked to listen, and the resulting addresses.
    host, port
        The address at which clients on this machine dial it.
    running
        Whether it listens.
    observer
        The observer that it asks and reports to.
    policy
        The rules for Host and Origin that decide which requests it answers.
    token
        The token that each request must have in its query, "" if none is needed.
    open_paths
        Paths whose requests need no token: their files are public.
    connections
        The open connections, in the order of arrival.
    handler_timeout
        Seconds (scaled) that raw handlers get to end when it stops.
    faults
        The faults on all links that lead to it; the bench fills it.
    changes
        Notified after each change of the above, except the faults.
    """

    protocol: str
    scheme: str
    has_rooms = False
    counts_messages = False
    sockets_each = 1
    open_paths: frozenset[str] = frozenset()
    handler_timeout = CLOSE_TIMEOUT

    def __init__(self, settings: ServerSettings) -> None:
        check_limit(settings.max_connections, "max_connections")
        self.name = settings.name
        self.token = settings.token
        self.max_connections = settings.max_connections
        self.connection_limit = ConnectionLimit(self.max_connections * self.sockets_each)
        self.listens_at = checked_host(settings.host)
        self.host = dialled_host(self.listens_at)
        self.port = settings.port
        self.addresses: list[str] = []
        self.policy = replace(
            make_origin_policy(self.listens_at, settings.hosts), own_ports=self._own_ports
        )
        self.observer = settings.observer
        self.running = False
        self.made_at = time.time()
        self.connections: list[Connection] = []
        self.faults = FaultGroup(self.name)
        self._log = Log()
        self.changes = Observable()
        self._slow_readers = SlowReaders() if settings.drop_slow_readers else None
        self._connections_made = 0
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        """Listen; a running server stays as it is. Raises LabError if it cannot listen."""
        async with self._turn:
            if not self.running:
                await self._start()

    async def stop(self) -> None:
        """Refuse new clients, close the connections with 1001, and end, within 3 s."""
        async with self._turn:
            await self._stop()

    def _own_ports(self) -> Collection[int]:
        """Return the ports of its page: its own, and those of its links."""
        return {self.port, *self.observer.find_link_ports(self.name)}

    def refusal(self, target: str, values: Callable[[str], Sequence[str]]) -> Refusal | None:
        """Return the refusal of a request with this target and these headers, None if allowed."""
        refusal = self.policy.judge(values)
        is_open = not self.token or target.partition("?")[0] in self.open_paths
        if refusal or is_open or has_token(target, self.token):
            return refusal
        return Refusal(403, explain_missing_token(self.name))

    async def _listen(self, begin: Callable[[list[str], int], Awaitable[None]]) -> None:
        """Call `begin` to listen at each address of the host. Raises LabError if that fails."""
        try:
            self.addresses = await listen(self.listens_at, self.port, begin)
        except (OSError, UnicodeError) as error:
            raise listen_error(self.listens_at, self.port, error) from error

    @abstractmethod
    async def _start(self) -> None:
        """Listen. Raises LabError if the port is not available."""

    @abstractmethod
    async def _stop(self) -> None:
        """Refuse new clients, close the connections, and end; do nothing if it does not run."""

    async def disconnect(self, connection: Connection | Named | str) -> None:
        """Close a connection from the server's side, as the protocol does it.

        Parameters
        ----------
        connection
            One of `connections`; or a name, or a client, if only one connection has that name.

        Raises
        ------
        LabError
            If there is no such connection.
        """
        await self._disconnect(find_connection(self.connections, connection, self.name))

    async def move(
        self, connection: Connection | Named | str, namespace: str, room: str, into: bool
    ) -> None:
        """Move a connection into or out of a room. Raises LabError where there are no rooms."""
        await self._move(
            find_connection(self.connections, connection, self.name), namespace, room, into
        )

    @abstractmethod
    async def _disconnect(self, connection: Connection) -> None:
        """Close a connection from the server's side."""

    async def _move(self, connection: Connection, namespace: str, room: str, into: bool) -> None:
        raise LabError(f"{self.name!r} has no rooms: {self.protocol} does not have them.")

    def new_connection(
        self, make: Callable[..., Connection], port: int | None, raw: Any
    ) -> Connection:
        """Make the object for a connection that was dialled from a port, and give it a name."""
        self._connections_made += 1
        name = self.find_name(port) or f"guest {self._connections_made}"
        received = 0 if self.counts_messages else None
        connection = make(self._connections_made, name, time.time(), raw, received)
        if port is not None:
            self.observer.on_connected(connection, port)
        return connection

    def find_name(self, port: int | None) -> str | None:
        """Return the name of the client that dials from a port, None for a foreign one."""
        return None if port is None else self.observer.find_name(port)

    def admit(self, connection: asyncio.BaseProtocol, transport: asyncio.Transport) -> None:
        """Count a new connection, and cut it off if too few file descriptors are left."""
        self.connection_limit.add(connection)

        def cut_off() -> None:
            self.log("refused", "a request", FEW_DESCRIPTORS)
            close_with_reset(transport)

        keep_descriptors_free(transport, lambda port: self.find_name(port) is not None, cut_off)

    def remove_connection(self, connection: Connection, how: object) -> None:
        """Remove a connection that has ended, and log how; do nothing the second time."""
        connection.lifetime.is_over = True
        if connection in self.connections:
            self.connections.remove(connection)
            if self._slow_readers is not None:
                self._slow_readers.forget(connection.number)
            self.log("closed", connection.name, str(how))

    def sweep(self) -> None:
        """Drop the connections whose readers have stopped reading; called ten times a second."""
        if self._slow_readers is None:
            return
        for connection in tuple(self.connections):
            queued = self._queued_bytes(connection)
            if queued is not None and self._slow_readers.is_one(connection.number, queued):
                self.log("dropped", connection.name, f"{queued >> 20} MiB waited to be read")
                self._abort(connection)

    @abstractmethod
    def _queued_bytes(self, connection: Connection) -> int | None:
        """Return the bytes queued for a connection's peer, None if the connection is ending."""

    @abstractmethod
    def _abort(self, connection: Connection) -> None:
        """End a connection at once, without a close frame or packet."""

    @property
    def url(self) -> str:
        """The address at which clients connect."""
        return f"{self.scheme}://{netloc(self.host, self.port)}{self.path}"

    @property
    def page(self) -> str:
        """The address of the chat page."""
        return f"http://{netloc(self.host, self.port)}{self.path}"

    @property
    def path(self) -> str:
        """The part of its addresses after the port: "/", and the token if it has one."""
        return f"/{token_query(self.token)}"

    @property
    def exposure(self) -> str:
        """A warning about who can reach the server, "" if only this machine can."""
        return describe_exposure(self.name, self.addresses)

    @property
    def connection_count(self) -> int:
        """The number of open connections."""
        return len(self.connections)

    @property
    def queued_bytes(self) -> int:
        """The bytes queued for all clients, in the library and in the sockets' write buffers.

        What the operating system keeps is not among them.
        """
        return sum(self._queued_bytes(connection) or 0 for connection in self.connections)

    @property
    def log_entries(self) -> list[LogEntry]:
        """The last log entries, oldest first; entries about messages do not displace the others."""
        return self._log.entries

    @property
    def log_counts(self) -> dict[str, int]:
        """The number of log entries of each kind so far."""
        return self._log.counts

    def log(self, kind: Kind, who: str, text: str = "") -> None:
        """Write a log entry."""
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
