"""The Engine.IO sessions of a Socket.IO server: connections with namespaces and rooms."""

from __future__ import annotations

import asyncio
import weakref
from dataclasses import dataclass, field

from aiohttp import web

from labkit.clock import clock
from labkit.protocols.reasons import Reason
from labkit.transports.contract import Connection, Membership
from labkit.transports.settings import JOIN_TIMEOUT
from labkit.transports.socketio.server.async_server import AsyncServer


@dataclass(eq=False)
class Session(Connection):
    """A connection whose state is read from the library when it is needed.

    Attributes
    ----------
    library
        The library's server of the session.
    request
        The HTTP request that opened the session, later that of its WebSocket.
    members
        Its session ids in the namespaces that it has joined.
    entering
        Those of them whose connect handler has not returned.
    leaving
        The disconnect reasons of those whose end has begun.
    join_requests
        The number of packets that asked to join a namespace.
    outside_since
        The loop's time at which it was first seen in no namespace, None while it is in one.
    over
        Done when the session is ending or has ended.
    """

    library: AsyncServer = field(kw_only=True)
    request: web.Request = field(kw_only=True)
    members: set[str] = field(default_factory=set)
    entering: set[str] = field(default_factory=set)
    leaving: dict[str, Reason] = field(default_factory=dict)
    join_requests: int = 0
    over: asyncio.Future[None] = field(default_factory=asyncio.Future)
    outside_since: float | None = None
    _last: str = "polling"
    _ending: asyncio.Future[None] | None = None

    def is_idle(self, now: float) -> bool:
        """Return whether it has been in no namespace for too long, given the loop's time."""
        if self.members:
            self.outside_since = None
        elif self.outside_since is None:
            self.outside_since = now
        else:
            return now - self.outside_since > clock.seconds(JOIN_TIMEOUT)
        return False

    @property
    def transport(self) -> str:
        """How its messages travel now: "polling" or "websocket"."""
        return self.library.transport_of(self.raw)

    @property
    def queued_bytes(self) -> int:
        """The bytes queued for its peer, in the library and in the transport."""
        transport = self.request.transport
        written = 0 if transport is None else int(transport.get_write_buffer_size())
        return written + self.library.queued_bytes_of(self.raw)

    def notice_upgrade(self) -> bool:
        """Return whether the transport has changed since the last call."""
        before, self._last = self._last, self.transport
        return before != self._last

    @property
    def memberships(self) -> tuple[Membership, ...]:
        """The namespaces that it has joined, in the order of their names."""
        return self.library.memberships_of(self.raw)

    async def end(self) -> None:
        """End it from the server's side: a close packet, then the connection."""
        await self.library.end(self.raw)

    def end_soon(self) -> None:
        """End it as `end` does, without waiting for it."""
        self._ending = asyncio.ensure_future(self.end())  # the loop itself holds tasks weakly


class Sessions(dict[str, Session]):
    """The sessions of one server of the library's, by their ids."""

    def __init__(self, library: AsyncServer) -> None:
        super().__init__()
        self.library = weakref.proxy(library)  # a request's context lasts, and leads to this
