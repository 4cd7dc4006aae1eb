"""Socket.IO (protocol 5 over Engine.IO 4), with the library `python-socketio`."""

from labkit.transports.socketio.client.client import Client
from labkit.transports.socketio.server.async_server import find_attached_servers
from labkit.transports.socketio.server.hosting import host
from labkit.transports.socketio.server.server import Server

__all__ = ["Client", "Server", "find_attached_servers", "host"]
