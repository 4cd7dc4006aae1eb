"""HTTP servers, with the library `aiohttp`: the base of all transports except raw WebSocket.

It hosts a learner's application, and has the core of the chats over plain HTTP: numbered messages,
clients that are known by an id, and what they post.
"""

from labkit.transports.http.hosting import host
from labkit.transports.http.server import Server

__all__ = ["Server", "host"]
