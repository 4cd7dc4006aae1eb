"""What a Socket.IO client may be told when it is made."""

from __future__ import annotations

import inspect
from typing import Any
from urllib.parse import urlsplit

import engineio
import socketio

from labkit.clock import clock
from labkit.exceptions import LabError
from labkit.transports.socketio.library import Library, Owner
from labkit.transports.socketio.strict import StrictPacket, raise_the_packet_limit

TRANSPORTS = ("polling", "websocket")


def library_for(owner: Owner, uri: str, options: dict[str, Any]) -> Library:
    """Return the library's client for an address.

    Raises
    ------
    LabError
        If the address has a path, or an option is not one of `socketio.AsyncClient`.
    """
    parts = urlsplit(uri)
    if parts.path not in ("", "/"):
        raise LabError(
            f"{uri!r} has a path, which means two things elsewhere. For a namespace: "
            f'`namespaces=["{parts.path}"]`; for the place of the endpoint: '
            f'`socketio_path="{parts.path.strip("/")}/socket.io"`; and leave it out of the address.'
        )
    raise_the_packet_limit()
    defaults: dict[str, Any] = {
        "serializer": StrictPacket,
        "reconnection_delay": clock.seconds(1),
        "reconnection_delay_max": clock.seconds(5),
        "randomization_factor": clock.seconds(0.5),  # the library adds it as seconds
        "request_timeout": clock.seconds(5),
        "timestamp_requests": False,  # no cache is in between, and each would be another length
    }
    unknown = sorted(set(options) - _known())
    if unknown:
        raise LabError(
            f"`connect` does not know the option {', '.join(unknown)}. It takes those of "
            "`socketio.AsyncClient`, and of its `connect` what is the client's to choose."
        )
    return Library(owner, parts.netloc, **(defaults | options))


def _known() -> set[str]:
    """Return the options of the library's client, but for those that labkit sets."""
    both = (socketio.base_client.BaseClient, engineio.base_client.BaseClient)
    names = {name for client in both for name in inspect.signature(client.__init__).parameters}
    own = {"self", "kwargs", "logger", "engineio_logger", "handle_sigint", "http_session"}
    return names - own


def checked_transports(transports: list[str] | str | None) -> list[str]:
    """Return the transports to use, in their order. Raises LabError for what is none."""
    if transports is None:
        return list(TRANSPORTS)
    chosen = [transports] if isinstance(transports, str) else list(transports)
    unknown = [each for each in chosen if each not in TRANSPORTS]
    if unknown or not chosen:
        raise LabError(
            f"There is no transport {', '.join(map(repr, unknown)) or 'given'}. Python's Socket.IO "
            'knows "polling" and "websocket".'
        )
    return chosen
