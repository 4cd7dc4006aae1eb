"""The WebSockets that an application of aiohttp's accepts, told while they are being opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import web

from labkit.exceptions import LabError
from labkit.protocols.close_codes import CloseCode
from labkit.transports.contract import Guest


class Listener(Protocol):
    """Who is told."""

    def opened(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        """Take note of a WebSocket that the application has accepted."""


@dataclass
class OpenSocket:
    """A WebSocket, and who is behind it, if that is known."""

    request: web.Request
    socket: web.WebSocketResponse
    guest: Guest | None = None

    @property
    def close_code(self) -> CloseCode | None:
        """With what it ended, None if it has not; aiohttp has 0 for a frame without a code."""
        code = self.socket.close_code
        return None if code is None else CloseCode(code or 1005)


_listeners: dict[web.Application, Listener] = {}
"""Who hosts an application now: a signal can be added only once, before it first runs."""


def announce(app: web.Application, listener: Listener) -> None:
    """Tell a listener of each WebSocket of an application, until `forget`.

    Raises
    ------
    LabError
        If somebody else hosts the application.
    """
    if app in _listeners:
        raise LabError(
            "This application is hosted already, under another name. Stop that server first, or "
            "leave `name` out, and the new server replaces it."
        )
    _listeners[app] = listener
    if not app.frozen and _prepared not in app.on_response_prepare:
        app.on_response_prepare.append(_prepared)


def forget(app: web.Application) -> None:
    """Tell nobody any more."""
    _listeners.pop(app, None)


async def _prepared(request: web.Request, response: web.StreamResponse) -> None:
    if response.status == 101 and isinstance(response, web.WebSocketResponse):
        listener = _listeners.get(request.match_info.apps[0])
        if listener is not None:
            listener.opened(request, response)


def port_of(request: web.BaseRequest) -> int | None:
    """Return the port from which a request came, None if its connection has ended."""
    peer: Any = request.transport and request.transport.get_extra_info("peername")
    return int(peer[1]) if isinstance(peer, tuple) else None
