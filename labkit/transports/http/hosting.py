"""Making a web server from an `aiohttp` application."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from labkit.exceptions import LabError
from labkit.transports.contract import ServerSettings
from labkit.transports.frameworks import describe_kind
from labkit.transports.http.server import Server


def host(
    what: Any,
    settings: ServerSettings,
    messages_per_second: float | None,
    options: dict[str, Any],
) -> Server:
    """Return a server for an application. Raises LabError for the library's other objects."""
    if not isinstance(what, web.Application):
        raise LabError(f"{describe_kind(what)} cannot be served; an `aiohttp.web.Application` can.")
    return Server(what, settings)
