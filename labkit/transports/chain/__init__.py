"""A fallback chain: WebSocket, event streams, long and short polling on one server, tried in order.

The ways, their order and the proof that one works are in `labkit.transports.chain.order` and
`attempt`; the server says why such a change can be without loss.
"""

from labkit.transports.chain.client import Client
from labkit.transports.chain.server import Server

host = Server.make

__all__ = ["Client", "Server", "host"]
