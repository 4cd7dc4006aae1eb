"""Whatever speaks HTTP, by the library `aiohttp`: the ground for all transports but the raw one."""

from labkit.transports.http.hosting import host
from labkit.transports.http.server import Server

__all__ = ["Server", "host"]
