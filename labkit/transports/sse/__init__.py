"""Server-sent events: an answer that does not end, with the library `aiohttp`."""

from labkit.transports.sse.client import Client
from labkit.transports.sse.hosting import host
from labkit.transports.sse.server import Server

__all__ = ["Client", "Server", "host"]
