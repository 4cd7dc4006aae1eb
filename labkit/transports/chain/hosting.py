"""Making the server of the finished chat."""

from __future__ import annotations

from typing import Any

from labkit.transports.chain.server import Server
from labkit.transports.contract import ServerSettings


def host(
    what: Any,
    settings: ServerSettings,
    messages_per_second: float | None,
    options: dict[str, Any],
) -> Server:
    """Return a server for the chat's name. Raises LabError for an option that it does not have."""
    return Server(settings, messages_per_second=messages_per_second, **options)
