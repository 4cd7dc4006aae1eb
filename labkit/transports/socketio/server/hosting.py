"""Making a server from an `AsyncServer`, from an application with one, or for the finished chat."""

from __future__ import annotations

from typing import Any

import socketio
from aiohttp import web

from labkit.exceptions import LabError
from labkit.transports.contract import ServerSettings
from labkit.transports.frameworks import describe_kind
from labkit.transports.socketio.server.server import Server


def host(
    what: Any,
    settings: ServerSettings,
    messages_per_second: float | None,
    options: dict[str, Any],
) -> Server:
    """Return a server for an `AsyncServer`, an application with one, or the chat's name.

    Raises LabError for the library's other objects.
    """
    if isinstance(what, str):
        return Server(None, settings, options=options, messages_per_second=messages_per_second)
    if not isinstance(what, web.Application):
        _check(what)
    return Server(what, settings)


def _check(what: Any) -> None:
    if isinstance(what, type):
        raise LabError(f"`{what.__name__}` is a class: serve an object of it, `{what.__name__}()`.")
    if isinstance(what, socketio.Server):
        raise LabError(
            "`socketio.Server` is for programs with threads; a notebook has an event loop. "
            'Make it with `socketio.AsyncServer(async_mode="aiohttp")`.'
        )
    if not isinstance(what, socketio.AsyncServer):
        raise LabError(
            f"{describe_kind(what)} cannot be served; the `socketio.AsyncServer` itself can."
        )
