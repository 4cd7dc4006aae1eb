"""Making a raw WebSocket server from a handler, or with the finished chat."""

from __future__ import annotations

from typing import Any

from labkit.transports.contract import ServerSettings
from labkit.transports.frameworks import check_not_foreign
from labkit.transports.handlers import check_handler
from labkit.transports.websocket.server import Server


def host(
    what: Any,
    settings: ServerSettings,
    messages_per_second: float | None,
    options: dict[str, Any],
) -> Server:
    """Return a server for a handler or for the finished chat's name. Raises LabError otherwise."""
    if isinstance(what, str):
        return Server(None, settings, messages_per_second=messages_per_second, **options)
    check_not_foreign(what)
    check_handler(what)
    return Server(what, settings, **options)
