"""Server-sent events: an answer that does not end, with the library `aiohttp`."""

from labkit.transports.sse.client import Client
from labkit.transports.sse.server import Server

host = Server.make

__all__ = ["Client", "Server", "host"]
