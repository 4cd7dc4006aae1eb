"""Long polling: a request is held until there is something to say, with the library `aiohttp`."""

from labkit.transports.longpoll.client import Client
from labkit.transports.longpoll.server import Server

host = Server.make

__all__ = ["Client", "Server", "host"]
