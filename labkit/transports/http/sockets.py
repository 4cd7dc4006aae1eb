"""The WebSockets that an application of aiohttp's accepts: told as they open, closed politely."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from labkit.clock import clock
from labkit.protocols.close_codes import CloseCode
from labkit.transports.contract import Connection
from labkit.transports.settings import CLOSE_TIMEOUT


class Listener(Protocol):
    """Who is told."""

    def on_websocket_opened(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        """Take note of a WebSocket that the application has accepted."""


@dataclass(eq=False)
class SocketConnection(Connection):
    """A connection that is a WebSocket of an application; `request` is the one it began with."""

    request: Any = None


@dataclass
class OpenSocket:
    """A WebSocket, and who is behind it, if that is known."""

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
        """With what it ended, None if it has not; aiohttp has 0 for a frame without a code."""
        code = self.socket.close_code
        return None if code is None else CloseCode(code or 1005)


class OpenSockets(dict[RequestHandler, OpenSocket]):
    """The WebSockets of a server that are open, by their connections."""

    async def close_all(self) -> None:
        """Close every one with 1001; those that stay silent are aborted after 2 s (scaled)."""
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
        """Close a request's WebSocket with 1000, and its connection after 2 s (scaled) at most."""
        each = self.get(request.protocol)
        if each is not None and each.is_reachable:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(clock.seconds(CLOSE_TIMEOUT)):
                    await each.socket.close()
        if request.transport is not None:
            request.transport.abort()

    def code_of(self, request: web.BaseRequest) -> CloseCode | None:
        """Return the close code of a request's WebSocket, None if it has none (yet)."""
        each = self.get(request.protocol)
        return None if each is None else each.close_code


_listeners: dict[web.Application, Listener] = {}
"""Who hosts an application now."""


def announce_websockets(app: web.Application, listener: Listener) -> None:
    """Tell a listener of each WebSocket of an application, until `stop_announcing`."""
    _listeners[app] = listener


def stop_announcing(app: web.Application) -> None:
    """Tell nobody any more."""
    _listeners.pop(app, None)


def announce_opened(request: web.Request, socket: web.WebSocketResponse) -> None:
    """Tell who hosts the application of a request that it has accepted a WebSocket."""
    listener = _listeners.get(request.match_info.apps[0])
    if listener is not None:
        listener.on_websocket_opened(request, socket)


def client_port(request: web.BaseRequest) -> int | None:
    """Return the port from which a request came, None if its connection has ended."""
    peer: Any = request.transport and request.transport.get_extra_info("peername")
    return int(peer[1]) if isinstance(peer, tuple) else None
