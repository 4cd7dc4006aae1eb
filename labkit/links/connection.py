"""One connection through a link, with its two sides: the client's and the server's.

It is made of asyncio protocols rather than streams, which cost a task switch per chunk.
"""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal, cast

from labkit.clock import clock
from labkit.protocols.request_heads import RequestHead, RequestHeads, RequestRefused
from labkit.protocols.security_headers import SECURITY_HEADERS
from labkit.sockets.closing import close_with_reset
from labkit.sockets.descriptors import FEW_DESCRIPTORS, keep_descriptors_free
from labkit.sockets.read_limit import limit_reads
from labkit.trace import Direction

if TYPE_CHECKING:
    from labkit.links import Link

Judge = Callable[[RequestHead, int | None], None]
"""Gets each request's head and the port of its client; raises RequestRefused for one that may not
pass."""

HIGH_WATER = 64 * 1024
"""Bytes that may wait for one side before the relay stops reading from the other."""


class Side(asyncio.Protocol):
    """One side of a connection through the link; `other` is the opposite side."""

    transport: asyncio.Transport
    other: Side

    def __init__(self, connection: LinkConnection, direction: Direction) -> None:
        self._connection = connection
        self._append = connection.link.trace.append
        self.direction: Direction = direction  # of the bytes that this end reads
        self.connected = False
        self.paused = False
        self.ended = False
        self._early: list[bytes] = []  # read before the other side was there
        self._ended_early = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to read, in chunks that leave the others a turn."""
        self.transport = transport = cast("asyncio.Transport", transport)  # uvloop's is not one
        self.connected = True
        transport.set_write_buffer_limits(high=HIGH_WATER)
        limit_reads(transport)
        self._connection.made(self)

    def pass_on(self, data: bytes) -> None:
        """Record bytes, and write them to the other side."""
        data = bytes(data)  # on Windows, asyncio of Python 3.11 hands out bytearrays
        if self.other.connected:
            self._append(self._connection.number, self.direction, data)
            self.other.transport.write(data)
        else:
            self._keep(data)

    data_received = pass_on  # nothing in between, where nothing is judged

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
            self.pass_on(data)
        self.paused = False
        if self._ended_early:
            self._connection.ended(self)
        else:
            self.transport.resume_reading()

    def pause_writing(self) -> None:
        """Stop reading from the other side: this one does not drain."""
        self.other.paused = True
        self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        """Read on from the other side."""
        self.other.paused = False
        self.other.transport.resume_reading()

    def eof_received(self) -> bool:
        """Pass on a half-close, and stay open for writing."""
        if self.other.connected:
            self._connection.ended(self)
        else:
            self._ended_early = True
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass on that this side is gone."""
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


class JudgedSide(Side):
    """The client's side where a link leads elsewhere: heads of requests are judged, then pass."""

    def __init__(self, connection: LinkConnection, judge: Judge) -> None:
        super().__init__(connection, "upstream")
        self._requests = RequestHeads(lambda head: judge(head, connection.client_port))

    def data_received(self, data: bytes) -> None:
        """Pass on what was judged; refuse the client for what may not pass."""
        try:
            passed = self._requests.feed(bytes(data))
        except RequestRefused as refusal:
            self._connection.refuse(refusal)
            return
        if passed:
            self.pass_on(passed)


class LinkConnection:
    """One client's connection through the link, with its two ends."""

    def __init__(self, link: Link, number: int) -> None:
        self.link = link
        self.number = number
        judge = link.judge
        self.client = Side(self, "upstream") if judge is None else JudgedSide(self, judge)
        self.server = Side(self, "downstream")
        self.client.other, self.server.other = self.server, self.client
        self.client_port: int | None = None
        self.server_port: int | None = None  # from which the server sees this connection
        self._dialling: asyncio.Task[None] | None = None
        self._over = False

    def made(self, end: Side) -> None:
        """Take note that one side is there: dial the other, or read on."""
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
        keep_descriptors_free(
            end.transport,
            self.link.is_own_client,
            self._cut_off,
            self._begin_to_dial,
        )

    def _cut_off(self) -> None:
        self.note(f"refused: {FEW_DESCRIPTORS}")
        close_with_reset(self.client.transport)

    def _begin_to_dial(self) -> None:
        self._dialling = asyncio.get_running_loop().create_task(self._dial())

    async def _dial(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(clock.seconds(5)):
                await loop.create_connection(lambda: self.server, *self.link.target())
        except Exception as error:  # whatever it is: the client must not be left waiting
            self.note(f"refused: {error}")
            close_with_reset(self.client.transport)

    def note(self, fact: str, direction: Direction | Literal[""] = "") -> None:
        """Record a fact about this connection."""
        self.link.trace.note(self.number, fact, direction)
        self.link.changes.notify()

    def refuse(self, refusal: RequestRefused) -> None:
        """Answer a request in the server's place, which gets nothing of it, and end both sides."""
        if self._over:
            return
        self._over = True
        self.note(f"refused: {refusal}")
        if self._dialling is not None:
            self._dialling.cancel()
        if self.server.connected:
            self.server.transport.close()
        self.client.transport.write(_answer(refusal))
        self.client.transport.close()

    def ended(self, end: Side) -> None:
        """Pass on a half-close; after the second one, both sides are over."""
        end.ended = True
        self.note("half-closed", end.direction)
        if end.other.connected and end.other.transport.can_write_eof():
            end.other.transport.write_eof()
        if end.other.ended:
            self.client.transport.close()
            self.server.transport.close()

    def lost(self, end: Side, exc: Exception | None) -> None:
        """Pass on that one side is gone: a reset as a reset, anything else after a flush."""
        if not self._over:
            self._over = True
            self.note("reset" if exc else "closed", end.direction)
            if self._dialling is not None:
                self._dialling.cancel()
            if end.other.connected:
                if exc:
                    close_with_reset(end.other.transport)
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
        """Notice a reset on a socket from which nobody is reading; asyncio does not."""
        for end in (self.client, self.server):
            if end.was_reset():
                self.lost(end, ConnectionResetError())
                close_with_reset(end.transport)


def _answer(refusal: RequestRefused) -> bytes:
    """Return the answer that refuses a request."""
    body = f"{refusal}\n".encode()
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **SECURITY_HEADERS,
    }
    lines = (f"{name}: {value}" for name, value in headers.items())
    first = f"HTTP/1.1 {refusal.status} {HTTPStatus(refusal.status).phrase}"
    return "\r\n".join([first, *lines, "", ""]).encode() + body
