"""Whatever speaks HTTP, by the library `aiohttp`: the ground for all transports but the raw one."""

from labkit.transports.web.server import Server

__all__ = ["Server"]
