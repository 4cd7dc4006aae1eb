"""Short polling: a client asks whether there is anything new, again and again.

It is the web as it always was: a request, an answer. So it passes whatever lets web pages pass, and
needs nothing of server or client but the numbers that the history gives to messages.

What it cannot do: tell at once. A message waits for the next request, on average for half an
interval. A short interval costs requests that find nothing (one a second, for each client, all day
long), a long one costs time. Nor does a server learn that a client has left, unless the client says
so: it can only notice that it asks no more.
"""

from __future__ import annotations

from functools import partial

from aiohttp import web

from labkit.transports.http.chat.server.chat_server import ChatServer
from labkit.transports.http.chat.server.poll_answer import answer_poll
from labkit.transports.http.chat.server.room import Room


class Server(ChatServer):
    """A finished chat over short polling."""

    protocol = "poll"

    def routes(self) -> list[web.RouteDef]:
        """Return the route at which clients poll."""
        return [web.get("/messages", partial(poll, self.room), allow_head=False)]


async def poll(room: Room, request: web.Request) -> web.Response:
    """Answer at once with what is new: `GET /messages?client=...&after=...`."""
    with room.listen(request, "polling", request.query.get("after")) as listener:
        return answer_poll(listener)
