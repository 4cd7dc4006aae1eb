"""Connect errors of raw WebSocket: why a client could not connect, and what to do."""

from __future__ import annotations

from websockets.exceptions import InvalidMessage, InvalidStatus

from labkit.exceptions import ConnectError
from labkit.links import Link
from labkit.transports.answers import HttpAnswer
from labkit.transports.connect_errors import (
    COMMON_REASONS,
    Connecting,
    cannot_connect,
    changed_between,
    find_cause,
)
from labkit.transports.contract.not_heard import background_error_hint
from labkit.transports.what_answers import Answer

MAYBE_SOCKETIO = (200, 400, 404, 405)
"""Statuses with which a Socket.IO server may answer a raw WebSocket handshake."""


async def connect_error(client: Connecting, error: Exception, how_far: str) -> ConnectError:
    """Return the connect error; ask the server what it is only if the reason is not known yet.

    Parameters
    ----------
    client
        The client that could not connect.
    error
        The library's exception.
    how_far
        How far it came, as a sentence without its end.
    """
    answer = None
    if isinstance(error, InvalidStatus):
        response = error.response
        answer = HttpAnswer.of(response.status_code, response.headers, bytes(response.body or b""))
        between = changed_between(client, "the upgrade", answer)
        if between is not None:
            return between
    if answer is None or _may_be_socketio(client.link, answer):
        found = await find_cause(client.name, client.link, f"{how_far} ({error})")
        if isinstance(found, ConnectError):
            return found
        if answer is None or found == "socketio":
            return cannot_connect(client, COMMON_REASONS.get(found) or _handshake(found, error))
    return cannot_connect(client, f"the server there answers {answer}.{_hint(client.link, answer)}")


def _handshake(found: Answer, error: Exception) -> str:
    """Return why the handshake failed, by what answers."""
    if found in ("socketio", "old socketio"):
        return (
            "a Socket.IO server answers there, and Socket.IO is not WebSocket. "
            "Connect with its `http://` address, or speak its protocol by hand on "
            "`/socket.io/?EIO=4&transport=websocket`."
        )
    if found == "websocket":
        failed = background_error_hint()  # such as a handler that keeps the loop from running
        also = f"; {failed}" if failed else ""
        return (
            f"a WebSocket server answers there, but the handshake did not succeed: {error}{also}."
        )
    if found == "http" and not isinstance(error, (InvalidMessage, TimeoutError)):
        return f"a web server answers there, but the handshake failed: {error}."
    return f"the server there does not speak WebSocket: {error}."


def _may_be_socketio(link: Link, answer: HttpAnswer) -> bool:
    if link.protocol or "websockets/" in answer.made_by:
        return False
    return answer.status in MAYBE_SOCKETIO and not (answer.status == 400 and answer.words)


def _hint(link: Link, answer: HttpAnswer) -> str:
    if answer.status in (200, 404, 405):
        return " Check the path, and that it is a WebSocket server."
    if answer.status == 500 and link.protocol:
        return " `lab.errors()` has the reason."
    if "subprotocol" in answer.words:
        return " A client offers them with `subprotocols=[...]`."
    return ""
