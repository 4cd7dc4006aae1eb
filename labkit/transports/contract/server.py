"""What every transport's Server offers."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, Protocol, Self

from labkit.exceptions import LabError
from labkit.observable import Observable
from labkit.protocols.addresses import netloc
from labkit.sockets.closing import close_with_reset
from labkit.sockets.descriptors import FEW, keep_some_free
from labkit.transports.connection_limit import ConnectionLimit, checked_limit
from labkit.transports.contract.connections import Connection
from labkit.transports.contract.log import Kind, Log, LogEntry
from labkit.transports.contract.server_settings import ServerSettings
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
from labkit.transports.slow_reader import SlowReaders


class Named(Protocol):
    """Something with a name, such as a client of the bench."""

    @property
    def name(self) -> str:
        """The name."""


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
    max_connections, sockets_each
        How many clients it takes, and how many connections of TCP each of them may need.
    connection_limit
        Counts those connections.
    listens_at, addresses
        The host at which it was asked to listen, and the addresses at which it does.
    host, port
        Where clients of this machine dial it.
    running
        Whether it listens.
    observer
        What it reports to.
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
    open_paths: frozenset[str] = frozenset()

    def __init__(self, settings: ServerSettings) -> None:
        checked_limit(settings.max_connections, "max_connections")
        self.name = settings.name
        self.token = settings.token
        self.max_connections = settings.max_connections
        self.connection_limit = ConnectionLimit(self.max_connections * self.sockets_each)
        self.listens_at = checked_host(settings.host)
        self.host = dialled_host(self.listens_at)
        self.port = settings.port
        self.addresses: list[str] = []
        self.policy = replace(
            origin_policy(self.listens_at, settings.hosts), own_ports=self._own_ports
        )
        self.observer = settings.observer
        self.running = False
        self.connections: list[Connection] = []
        self._log = Log()
        self.changes = Observable()
        self._slow_readers = SlowReaders() if settings.drop_slow_readers else None
        self._connections_made = 0
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
        return {self.port, *self.observer.find_link_ports(self.name)}

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

    async def disconnect(self, connection: Connection | Named | str) -> None:
        """End a connection politely.

        Parameters
        ----------
        connection
            One of `connections`; or a name, or a client of that name, if only one has it.

        Raises
        ------
        LabError
            If nobody like that is connected.
        """
        await self._disconnect(self._find(connection))

    async def move(
        self, connection: Connection | Named | str, namespace: str, room: str, into: bool
    ) -> None:
        """Move a connection into or out of a room. Raises LabError where there are no rooms."""
        await self._move(self._find(connection), namespace, room, into)

    def _find(self, who: Connection | Named | str) -> Connection:
        if isinstance(who, Connection):
            return who
        name = getattr(who, "name", who)
        found = [each for each in self.connections if each.name == name]
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

    def new_connection(
        self, make: Callable[..., Connection], port: int | None, raw: Any
    ) -> Connection:
        """Return the connection that was dialled from a port, with the name that it goes by."""
        self._connections_made += 1
        name = self.name_at(port) or f"guest {self._connections_made}"
        received = 0 if self.counts_messages else None
        connection = make(self._connections_made, name, time.time(), raw, received)
        if port is not None:
            self.observer.on_connected(connection, port)
        return connection

    def name_at(self, port: int | None) -> str | None:
        """Return the name of whoever dials from a port, None for a stranger."""
        return None if port is None else self.observer.find_name(port)

    def admit(self, connection: asyncio.BaseProtocol, transport: asyncio.Transport) -> None:
        """Count a new connection, and cut it off if strangers have taken too many descriptors."""
        self.connection_limit.add(connection)

        def cut_off() -> None:
            self.log("refused", "a request", FEW)
            close_with_reset(transport)

        keep_some_free(transport, lambda port: self.name_at(port) is not None, cut_off)

    def remove_connection(self, connection: Connection, how: object) -> None:
        """Forget a connection that has ended, and note how; nothing happens a second time."""
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
        """Return how many bytes wait to be read by a connection's peer, None if it is ending."""

    @abstractmethod
    def _abort(self, connection: Connection) -> None:
        """End a connection at once, without a word."""

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
    def log_entries(self) -> list[LogEntry]:
        """What happened last, oldest first; many messages do not push out all else."""
        return self._log.entries

    @property
    def log_counts(self) -> dict[str, int]:
        """How many log entries of each kind there were since the start."""
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
