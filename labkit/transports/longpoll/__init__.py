"""Long polling: a request is held until there is something to say, with the library `aiohttp`."""

from labkit.transports.longpoll.client import Client
from labkit.transports.longpoll.hosting import host
from labkit.transports.longpoll.server import Server

__all__ = ["Client", "Server", "host"]
