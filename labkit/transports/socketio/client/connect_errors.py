"""Connect errors of Socket.IO: why a client could not connect, and what to do."""

from __future__ import annotations

from typing import Any, Protocol

from labkit.exceptions import ConnectError
from labkit.transports.answers import HttpAnswer
from labkit.transports.connect_errors import (
    COMMON_REASONS,
    Connecting,
    cannot_connect,
    changed_between,
    find_cause,
)
from labkit.transports.what_answers import NOT_THIS_TRANSPORT, Answer

NOT_ANSWERED = "the server's connect event was not answered"
"""The first words of the error when the bench reported that the connect handler failed."""


class SocketIOConnecting(Connecting, Protocol):
    """A client that tries to connect."""

    refused: dict[str, Any]
    transports: list[str]


async def connect_error(
    client: SocketIOConnecting, why: str, answer: HttpAnswer | None, how_far: str
) -> ConnectError:
    """Return the connect error; ask the server what it is only if the reason is not known yet.

    Parameters
    ----------
    client
        The client that could not connect.
    why
        The reason, in the words of the library or of what the bench reported.
    answer
        The server's answer if it turned the client away.
    how_far
        How far it came, as a sentence without its end.
    """
    name = client.name
    if client.link.state != "cut" and client.refused:
        return ConnectError(f"{name} was turned away: {_turned_away(client.refused)}.")
    if why.startswith(NOT_ANSWERED):
        return ConnectError(f"{name} cannot connect: {why}.")
    if answer is not None:
        between = changed_between(client, "the request", answer)
        if between is not None:
            return between
        told = _answered(client, answer)
    else:
        found = await find_cause(name, client.link, how_far)
        if isinstance(found, ConnectError):
            return found
        told = (COMMON_REASONS | _FOUND).get(found) or (
            f"a Socket.IO server answers there, but the connection did not succeed: {why}."
        )
    return cannot_connect(client, told)


def _turned_away(refused: dict[str, Any]) -> str:
    told = []
    for namespace, data in refused.items():
        message = data.get("message", data) if isinstance(data, dict) else data
        told.append(f"namespace {namespace} says {message!r}")
    hint = "" if "Unable to connect" not in str(refused) else " (it has no such namespace)"
    return "; ".join(told) + hint


def _answered(client: SocketIOConnecting, answer: HttpAnswer) -> str:
    """Return what an HTTP answer means that does not open an Engine.IO session."""
    if answer.status == 426:
        return _FOUND["websocket"]
    if answer.status == 400 and any(words in answer.words for words in NOT_THIS_TRANSPORT):
        return (
            f"a Socket.IO server answers there, but not over {client.transports[0]}, which this "
            "client tries first. Try `transports=[...]` with the one that the server allows: "
            "Python's client does not fall back to another."
        )
    if answer.status in (404, 405):
        return f"{_FOUND['http']} ({answer})"
    return f"the server there answers {answer}."


_FOUND: dict[Answer, str] = {
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
        "if it has a WebSocket, connect with its ws:// address; if it is a chat over plain HTTP, "
        'give its `protocol`, such as "sse".'
    ),
    "other": "the server there speaks neither HTTP nor Socket.IO.",
}
