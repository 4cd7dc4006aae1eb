"""Why a Socket.IO client could not connect, in a sentence that says what to do."""

from __future__ import annotations

from typing import Any, Protocol

from labkit.exceptions import ConnectError
from labkit.relay import Link
from labkit.transports.diagnosis import obstacle

NOT_ANSWERED = "the server's connect event was not answered"
"""How the words begin with which a client ends an attempt, when the bench told it to."""


class Turned(Protocol):
    """A client that was turned away."""

    name: str
    link: Link
    uri: str
    refused: dict[str, Any]
    transports: list[str]


async def why_not(client: Turned, error: Exception) -> ConnectError:
    """Return the reason, after asking what answers at the address.

    Parameters
    ----------
    client
        Who could not connect.
    error
        What the library raised.
    """
    name = client.name
    if client.link.state != "cut" and client.refused:
        return ConnectError(f"{name} was turned away: {_turned_away(client.refused)}.")
    if str(error).startswith(NOT_ANSWERED):
        return ConnectError(f"{name} cannot connect: {error}.")
    found = await obstacle(name, client.link)
    if isinstance(found, ConnectError):
        return found
    told = _TOLD.get(found) or _socketio(client, error)
    return ConnectError(f"{name} cannot connect to {client.uri}: {told}")


def _turned_away(refused: dict[str, Any]) -> str:
    told = []
    for namespace, data in refused.items():
        message = data.get("message", data) if isinstance(data, dict) else data
        told.append(f"namespace {namespace} says {message!r}")
    hint = "" if "Unable to connect" not in str(refused) else " (it has no such namespace)"
    return "; ".join(told) + hint


def _socketio(client: Turned, error: Exception) -> str:
    words = f"{error} {getattr(error.__cause__, 'args', '')}"
    if "Invalid transport" in words or "status code 400" in words:
        return (
            f"a Socket.IO server answers there, but not over {client.transports[0]}, which comes "
            "first here. Try `transports=[...]` with the one that it allows: Python's client falls "
            "back to no other."
        )
    return f"a Socket.IO server answers there, but the connection did not succeed: {error}."


_TOLD = {
    "nothing": (
        "nothing listens there (the connection was refused). Is the server running? "
        "`await lab.serve(...)` starts one; a re-started kernel has none."
    ),
    "silence": (
        "something accepts connections there, but stays silent. It may be another protocol, "
        "or a program that is stuck."
    ),
    "websocket": (
        "a raw WebSocket server answers there, and raw WebSocket is not Socket.IO. "
        "Connect with its `ws://` address."
    ),
    "old socketio": (
        "a Socket.IO server of version 2 answers there, and this client speaks the protocol of "
        "versions 3 and 4 (Engine.IO 4). They do not understand each other."
    ),
    "http": (
        "a web server answers there, but without Socket.IO on /socket.io/. Check `socketio_path`; "
        "if it has a WebSocket, connect with its ws:// address."
    ),
    "other": "what answers there speaks neither HTTP nor Socket.IO.",
}
