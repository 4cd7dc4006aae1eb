"""Short polling: a client asks again and again, with the library `aiohttp`."""

from labkit.transports.poll.client import Client
from labkit.transports.poll.server import Server

host = Server.make

__all__ = ["Client", "Server", "host"]
