"""The open WebSockets of an aiohttp application, which are closed with a close frame."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from labkit.clock import clock
from labkit.protocols.close_codes import CloseCode
from labkit.transports.contract import Connection
from labkit.transports.http.aiohttp_server import connection_of
from labkit.transports.settings import CLOSE_TIMEOUT


@dataclass(eq=False)
class SocketConnection(Connection):
    """A connection that is a WebSocket of an application; `request` opened it."""

    request: Any = None


@dataclass
class OpenSocket:
    """An open WebSocket, and its connection if it counts as one."""

    request: web.Request
    socket: web.WebSocketResponse
    connection: Connection | None = None

    @property
    def is_reachable(self) -> bool:
        """Whether anything can still be sent; a peer may leave before its answer is written."""
        transport = self.request.transport
        return transport is not None and not transport.is_closing()

    @property
    def close_code(self) -> CloseCode | None:
        """The close code, None while it is open; aiohttp has 0 for a close frame without a code."""
        code = self.socket.close_code
        return None if code is None else CloseCode(code or 1005)


class OpenSockets(dict[web.RequestHandler, OpenSocket]):
    """The open WebSockets of a server, by their connections."""

    async def close_all(self) -> None:
        """Close each WebSocket with 1001; abort those that stay silent for 2 s (scaled)."""
        closing = [
            asyncio.ensure_future(each.socket.close(code=1001, message=b"the server stops"))
            for each in self.values()
            if each.is_reachable
        ]
        if closing:
            await asyncio.wait(closing, timeout=clock.seconds(CLOSE_TIMEOUT))
        for each in tuple(self.values()):
            if each.request.transport is not None:
                each.request.transport.abort()
        for task in closing:
            task.cancel()
        if closing:  # the outcomes are left to asyncio, which reports the failures
            await asyncio.wait(closing)

    async def break_off(self, request: web.Request) -> None:
        """Close a request's WebSocket with 1000, then its connection, within 2 s (scaled)."""
        each = self.get(connection_of(request))
        if each is not None and each.is_reachable:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(clock.seconds(CLOSE_TIMEOUT)):
                    await each.socket.close()
        if request.transport is not None:
            request.transport.abort()

    def code_of(self, request: web.BaseRequest) -> CloseCode | None:
        """Return the close code of a request's WebSocket, None if it has none (yet)."""
        each = self.get(connection_of(request))
        return None if each is None else each.close_code


def client_port(request: web.BaseRequest) -> int | None:
    """Return the port from which a request came, None if its connection has ended."""
    peer: Any = request.transport and request.transport.get_extra_info("peername")
    return int(peer[1]) if isinstance(peer, tuple) else None
