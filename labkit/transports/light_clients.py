"""Light clients: they connect, answer what keeps a connection alive, and leave.

Thousands of them fit into a process, and they load it no more than the library does. They say
nothing and keep nothing of what they hear.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidMessage, InvalidStatus, WebSocketException

from labkit.clock import clock
from labkit.exceptions import LabError
from labkit.protocols.addresses import with_scheme
from labkit.transports.settings import CLOSE_TIMEOUT, HEARTBEAT, MAX_MESSAGE

OPEN_TIMEOUT = 5.0
"""Seconds (scaled) for TCP connection and handshake."""

ENDPOINT = "/socket.io/"

PING, PONG, CONNECT, DISCONNECT, REFUSED, CLOSE = "2", "3", "40", "41", "44", "1"
"""Packets of Engine.IO and Socket.IO."""

FAILURES = (OSError, EOFError, TimeoutError, WebSocketException)
"""What may end an attempt to connect, or a connection."""


@dataclass(frozen=True)
class Target:
    """Where to connect.

    Attributes
    ----------
    uri
        The address of the server, which is sent as Host.
    host, port
        What is dialled instead: a link.
    """

    uri: str
    host: str
    port: int


def make_target(protocol: str, uri: str, host: str, port: int) -> Target:
    """Return where clients of a protocol connect, for a server's address and a link before it.

    Raises
    ------
    LabError
        If no light client speaks the protocol, or the address of a Socket.IO server has a path.
    """
    if protocol not in LIGHT_CLIENTS:
        known = " or ".join(f'"{each}"' for each in LIGHT_CLIENTS)
        raise LabError(f"Light clients speak {known}, not {protocol!r}.")
    if protocol == "socketio":
        parts = urlsplit(uri)
        if parts.path not in ("", "/"):
            raise LabError(f"{uri!r} has a path, but light clients use {ENDPOINT} only: omit it.")
        query = "&".join(filter(None, [parts.query, "EIO=4&transport=websocket"]))
        uri = parts._replace(path=ENDPOINT, query=query).geturl()
    return Target(with_scheme(uri, "ws"), host, port)


def _dial(target: Target, heartbeat: float | None) -> connect:
    return connect(
        target.uri,
        host=target.host,
        port=target.port,
        proxy=None,  # otherwise `http_proxy` is honoured even for 127.0.0.1
        compression=None,
        max_size=MAX_MESSAGE,
        open_timeout=clock.seconds(OPEN_TIMEOUT),
        close_timeout=clock.seconds(CLOSE_TIMEOUT),
        ping_interval=heartbeat,
        ping_timeout=heartbeat,
    )


async def stay_on_websocket(target: Target, on_opened: Callable[[], None]) -> None:
    """Connect, and return when the connection ends. Raises one of `FAILURES`."""
    async with _dial(target, clock.seconds(HEARTBEAT)) as websocket:
        on_opened()
        async for _ in websocket:
            pass


async def stay_on_socketio(target: Target, on_opened: Callable[[], None]) -> None:
    """Connect over WebSocket, join the main namespace, and return when the connection ends.

    Raises one of `FAILURES`. Engine.IO's server sends the pings; a server that is silent for longer
    than it announced is taken for dead.
    """
    async with _dial(target, None) as websocket:
        longest = _longest_silence(await websocket.recv())
        await websocket.send(CONNECT)
        while True:
            async with asyncio.timeout(longest):
                packet = await websocket.recv()
            if packet == PING:
                await websocket.send(PONG)
            elif not isinstance(packet, str):
                continue  # an attachment
            elif packet.startswith(CONNECT):
                on_opened()
            elif packet.startswith(REFUSED):
                raise ConnectionError(f"refused: {packet.removeprefix(REFUSED)}")
            elif packet == CLOSE or packet.startswith(DISCONNECT):
                return


def _longest_silence(opened: str | bytes) -> float:
    """Return for how many seconds the server may be silent, by its first packet."""
    with suppress(ValueError, TypeError, KeyError):
        settings = json.loads(opened[1:])
        return (float(settings["pingInterval"]) + float(settings["pingTimeout"])) / 1000
    raise ConnectionError("no Socket.IO server answers there")


LIGHT_CLIENTS: dict[str, Callable[[Target, Callable[[], None]], Coroutine[Any, Any, None]]] = {
    "websocket": stay_on_websocket,
    "socketio": stay_on_socketio,
}
"""The light client of each protocol."""


def describe_failure(error: BaseException) -> str:
    """Return in a few words why a client could not connect.

    Examples
    --------
    >>> describe_failure(TimeoutError())
    'no answer in time'
    """
    if isinstance(error, InvalidStatus):
        return f"HTTP {error.response.status_code}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(error, (InvalidMessage, EOFError, ConnectionResetError)):
        return "the connection ended during the handshake"
    return str(error) or type(error).__name__
