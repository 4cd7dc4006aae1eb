"""Raw WebSocket (RFC 6455), with the library `websockets`."""

from labkit.transports.websocket.client import Client
from labkit.transports.websocket.hosting import host
from labkit.transports.websocket.server import Server

__all__ = ["Client", "Server", "host"]
