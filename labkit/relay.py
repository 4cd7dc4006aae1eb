"""A link: a TCP relay between a client and a server that records what passes and can be broken.

::

    client  <-- downstream --  link  <-- downstream --  server
            --  upstream  -->        --  upstream  -->

The relay knows no protocol. It keeps back-pressure (it stops reading from one side while the other
does not drain, so its memory stays bounded), passes on a half-close, and a reset as a reset.
It is made of asyncio protocols rather than streams, which cost a task switch per chunk.
A link accepts TCP by itself: what it holds back it holds back only after the connection is made.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
from collections.abc import Callable
from typing import Literal, cast

from labkit.chunk_size import limit_chunks
from labkit.clock import Changes, clock
from labkit.endings import reset_when_closed
from labkit.trace import Direction, Trace

Address = tuple[str, int]

HIGH_WATER = 64 * 1024
"""Bytes that may wait for one side before the relay stops reading from the other."""


def _reset(transport: asyncio.Transport) -> None:
    """Close with RST instead of FIN."""
    sock = transport.get_extra_info("socket")
    if sock is not None and not transport.is_closing():
        with contextlib.suppress(OSError):
            reset_when_closed(sock)
    transport.abort()


class _End(asyncio.Protocol):
    """One side of a connection through the link; `other` is the opposite side."""

    transport: asyncio.Transport
    other: _End

    def __init__(self, connection: _Connection, direction: Direction) -> None:
        self._connection = connection
        self._append = connection.link.trace.append
        self.direction: Direction = direction  # of the bytes that this end reads
        self.connected = False
        self.paused = False
        self.ended = False
        self._early: list[bytes] = []  # read before the other side was there
        self._ended_early = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport = cast("asyncio.Transport", transport)  # uvloop's is not one
        self.connected = True
        transport.set_write_buffer_limits(high=HIGH_WATER)
        limit_chunks(transport)
        self._connection.made(self)

    def data_received(self, data: bytes) -> None:
        data = bytes(data)  # on Windows, asyncio of Python 3.11 hands out bytearrays
        if self.other.connected:
            self._append(self._connection.number, self.direction, data)
            self.other.transport.write(data)
        else:
            self._keep(data)

    def _keep(self, data: bytes) -> None:
        """Keep what comes before the other side is there, at most one read.

        asyncio before 3.11.4 forgets a pause that is asked for inside `connection_made`
        (https://github.com/python/cpython/issues/103918); one that is asked for now holds.
        """
        self._early.append(data)
        self.transport.resume_reading()
        self.transport.pause_reading()

    def pass_on_early(self) -> None:
        """The other side is there: record and write what was kept, and read on."""
        early, self._early = self._early, []
        for data in early:
            self.data_received(data)
        self.paused = False
        if self._ended_early:
            self._connection.ended(self)
        else:
            self.transport.resume_reading()

    def pause_writing(self) -> None:
        self.other.paused = True
        self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        self.other.paused = False
        self.other.transport.resume_reading()

    def eof_received(self) -> bool:
        if self.other.connected:
            self._connection.ended(self)
        else:
            self._ended_early = True
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self.connected = False
        self._connection.lost(self, exc)

    def was_reset(self) -> bool:
        """Whether the peer reset the connection while nobody was reading from it.

        Windows has no poll(): there a reset is noticed as soon as the link reads on.
        """
        if not (self.paused and self.connected and hasattr(select, "poll")):
            return False
        sock = self.transport.get_extra_info("socket")
        poll = select.poll()
        poll.register(sock.fileno(), 0)
        return any(events & select.POLLERR for _, events in poll.poll(0))


class _Connection:
    """One client's connection through the link, with its two ends."""

    def __init__(self, link: Link, number: int) -> None:
        self.link = link
        self.number = number
        self.client = _End(self, "upstream")
        self.server = _End(self, "downstream")
        self.client.other, self.server.other = self.server, self.client
        self.client_port: int | None = None
        self.server_port: int | None = None  # from which the server sees this connection
        self._dialling: asyncio.Task[None] | None = None
        self._over = False

    def made(self, end: _End) -> None:
        if self._over:
            end.transport.abort()
            return
        if end is self.server:
            self.server_port = end.transport.get_extra_info("sockname")[1]
            self.note("opened")
            self.client.pass_on_early()
            return
        self.client_port = end.transport.get_extra_info("peername")[1]
        end.paused = True
        end.transport.pause_reading()
        if self.link.state == "cut":
            self.note("refused: the link is cut")
            end.transport.abort()
            return
        self._dialling = asyncio.get_running_loop().create_task(self._dial())

    async def _dial(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(clock.seconds(5)):
                await loop.create_connection(lambda: self.server, *self.link.target())
        except Exception as error:  # whatever it is: the client must not be left waiting
            self.note(f"refused: {error}")
            _reset(self.client.transport)

    def note(self, fact: str, direction: Direction | Literal[""] = "") -> None:
        self.link.trace.note(self.number, fact, direction)
        self.link.changes.notify()

    def ended(self, end: _End) -> None:
        """Pass on a half-close; after the second one, both sides are over."""
        end.ended = True
        self.note("half-closed", end.direction)
        if end.other.connected and end.other.transport.can_write_eof():
            end.other.transport.write_eof()
        if end.other.ended:
            self.client.transport.close()
            self.server.transport.close()

    def lost(self, end: _End, exc: Exception | None) -> None:
        """Pass on that one side is gone: a reset as a reset, anything else after a flush."""
        if not self._over:
            self._over = True
            self.note("reset" if exc else "closed", end.direction)
            if self._dialling is not None:
                self._dialling.cancel()
            if end.other.connected:
                if exc:
                    _reset(end.other.transport)
                else:
                    end.other.transport.close()
        if not (self.client.connected or self.server.connected):
            self.link.forget(self)

    def end(self, fact: str, close: Callable[[asyncio.Transport], None]) -> None:
        """Close both sides from the middle."""
        if self._over:
            return
        self._over = True
        self.note(fact)
        if self._dialling is not None:
            self._dialling.cancel()
        for end in (self.client, self.server):
            if end.connected:
                close(end.transport)

    def sweep(self) -> None:
        for end in (self.client, self.server):
            if end.was_reset():
                self.lost(end, ConnectionResetError())
                _reset(end.transport)


def _fin(transport: asyncio.Transport) -> None:
    """Send FIN at once: what still waits to be written is lost, as when a cable is cut."""
    sock = transport.get_extra_info("socket")
    with contextlib.suppress(OSError), sock.dup() as own:  # uvloop's own has no `shutdown`
        own.shutdown(socket.SHUT_RDWR)
    transport.abort()


class Link:
    """A relay in front of one server. Made by `lab.link` and `lab.connect`.

    Parameters
    ----------
    target
        Returns host and port of the server; asked anew for every connection.
    name
        How the link is called on the bench.

    Attributes
    ----------
    trace
        The record of what passed.
    leads_to
        What is behind it: a server's name, or an address.
    scheme
        How addresses begin there: "ws" or "http".
    protocol
        What a server of the bench behind it speaks, "" if somebody else's is there.
    state
        "whole", "cut" (connections are refused) or "closed".
    """

    def __init__(self, target: Callable[[], Address], name: str) -> None:
        self.target = target
        self.name = name
        self.trace = Trace(name=name)
        self.changes = Changes()
        self.state: Literal["whole", "cut", "closed"] = "closed"
        self.host = "127.0.0.1"
        self.port = 0
        self.scheme = "ws"
        self.path = "/"
        self.leads_to = "server"
        self.protocol = ""
        self._server: asyncio.Server | None = None
        self._opening = asyncio.Lock()
        self._connections: list[_Connection] = []
        self._count = 0

    async def open(self) -> Link:
        """Listen on a free port of the loopback interface; an open link stays as it is."""
        async with self._opening:
            if self._server is None:
                loop = asyncio.get_running_loop()
                self._server = await loop.create_server(self._accept, self.host, 0)
                self.port = self._server.sockets[0].getsockname()[1]
                self.state = "whole"
        return self

    def _accept(self) -> _End:
        self._count += 1
        connection = _Connection(self, self._count)
        self._connections.append(connection)
        return connection.client

    def forget(self, connection: _Connection) -> None:
        """Let go of a connection both of whose sides are gone."""
        if connection in self._connections:
            self._connections.remove(connection)
        self.changes.notify()

    @property
    def url(self) -> str:
        """Where to connect to instead of the server: ``ws://127.0.0.1:.../``, or ``http://...``."""
        return f"{self.scheme}://{self.host}:{self.port}{self.path}"

    @property
    def connections(self) -> int:
        """How many connections pass through the link now."""
        return len(self._connections)

    def port_behind(self, port: int | None) -> int | None:
        """Return from which port the server sees the client that dials the link from `port`."""
        for connection in self._connections:
            if connection.client_port == port:
                return connection.server_port
        return None

    def cut(self) -> None:
        """Pull the plug: both sides get a FIN without a close frame, and nobody gets through."""
        if self.state != "whole":
            return
        self.state = "cut"
        self._end_all("cut", _fin)

    def reset(self) -> None:
        """Reset every connection (RST to both sides); new ones get through."""
        self._end_all("reset", _reset)

    def restore(self) -> None:
        """Put the plug back: new connections get through again."""
        if self.state == "cut":
            self.state = "whole"
            self.changes.notify()

    def _end_all(self, fact: str, close: Callable[[asyncio.Transport], None]) -> None:
        for connection in tuple(self._connections):
            connection.end(fact, close)
        self.changes.notify()

    def sweep(self) -> None:
        """Notice resets on sockets from which nobody is reading; asyncio does not."""
        for connection in tuple(self._connections):
            connection.sweep()

    async def close(self) -> None:
        """Stop listening and end every connection."""
        self.state = "closed"
        if self._server is not None:
            self._server.close()
            self._server = None
        self._end_all("closed", lambda transport: transport.abort())
        await self.changes.until(lambda: not self._connections, within=2)

    async def __aenter__(self) -> Link:
        return await self.open()

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<Link {self.name!r}: {self.state}>"
