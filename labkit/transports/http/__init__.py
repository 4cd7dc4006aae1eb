"""HTTP servers, with the library `aiohttp`: the base of all transports except raw WebSocket."""

from labkit.transports.http.hosting import host
from labkit.transports.http.server import Server

__all__ = ["Server", "host"]
