"""The finished chat of the fallback chain: every way into one room, on one port.

A fallback that loses nothing needs two things that the finished chats of the single ways do not
have together. The server must know that the client that posts, polls or opens a WebSocket is the
same as before: it has one id over all ways, and its posts have one count. And it must know what the
client has heard: all ways read one numbered history, and each request says how far it has come. So
a client changes its way at any moment, in the middle of a message, and misses or repeats none.

The finished raw chat and the chats over HTTP are separate servers with separate histories, and the
raw one has none at all. Between them, no client could change without a gap.

Of two requests of one client that listen, the newest wins: the older one may be a stream that is
broken, or that something on the way buffers for ever, and nobody knows until much later.
"""

from __future__ import annotations

from functools import partial

from aiohttp import web

from labkit.transports.chain.socket_route import talk
from labkit.transports.http.chat.server.chat_server import ChatServer
from labkit.transports.longpoll.server import long_poll
from labkit.transports.sse.server import stream


class Server(ChatServer):
    """A finished chat over WebSocket, event streams, long and short polling."""

    protocol = "chain"

    def routes(self) -> list[web.RouteDef]:
        """Return the routes at which clients listen; a poll without `wait` is a short one."""
        return [
            web.get("/ws", partial(talk, self), allow_head=False),
            web.get("/events", partial(stream, self.room), allow_head=False),
            web.get("/messages", partial(long_poll, self.room), allow_head=False),
        ]

    def counts_as_connection(self, request: web.Request) -> bool:
        """Return False: the room counts clients, whatever their way."""
        return False
