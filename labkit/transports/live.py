"""What is live: a connection, or what belongs to one, which can be in one program only."""

from __future__ import annotations

import asyncio
import socket
import sys

from labkit.links import Link
from labkit.transports.contract import Client, Connection, Server

_OWN = (Client, Connection, Server, Link, socket.socket)
_ASYNCIO = (asyncio.BaseTransport, asyncio.StreamWriter, asyncio.Future, asyncio.AbstractServer)
_LIBRARIES = (
    ("websockets.asyncio.connection", ("Connection",)),
    ("aiohttp.web", ("StreamResponse", "Request")),
    ("aiohttp", ("ClientWebSocketResponse", "ClientSession")),
    ("socketio", ("AsyncClient", "AsyncServer")),
)


def is_live(thing: object) -> bool:
    """Return whether a thing is a connection, a server or a task: it cannot be copied.

    Examples
    --------
    >>> is_live(websocket), is_live("alice")
    (True, False)
    """
    if isinstance(thing, (*_OWN, *_ASYNCIO)):
        return True
    for module, names in _LIBRARIES:  # one that was never imported has made nothing
        there = sys.modules.get(module)
        if there and isinstance(thing, tuple(getattr(there, name) for name in names)):
            return True
    return False
