"""Long polling: a request is held until there is something to say.

A message arrives as fast as over a WebSocket, over nothing but requests and answers: the client has
always asked already. When it has its answer, it asks again, and says how far it has read, so that
nothing is lost in between.

What it cannot do: be cheap when much is said. Each answer costs a request with all its headers. A
held request occupies a connection, so what the client says needs a second one: if something on the
way allows only one, a message waits until the poll is over. And to something on the way, a held
request looks like a server that does not answer: it may end it (a gateway with a timeout of 60 s),
or forget it (an address translator). So no poll is held for long, and one that broke is held for
half as long the next time.
"""

from __future__ import annotations

import re
from functools import partial

from aiohttp import web

from labkit.clock import clock
from labkit.transports.http.chat.server.chat_server import ChatServer
from labkit.transports.http.chat.server.poll_answer import answer_poll
from labkit.transports.http.chat.server.room import Room
from labkit.transports.settings import HOLD

_SECONDS = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?")


class Server(ChatServer):
    """A finished chat over long polling."""

    protocol = "longpoll"

    def routes(self) -> list[web.RouteDef]:
        """Return the route at which clients poll."""
        return [web.get("/messages", partial(long_poll, self.room), allow_head=False)]


async def long_poll(room: Room, request: web.Request) -> web.Response:
    """Answer when there is something new: `GET /messages?client=...&after=...&wait=...`.

    `wait` is in seconds, of which the server grants `HOLD` (scaled) at most; without it, this is a
    short poll.
    """
    wait = request.query.get("wait", "0")
    if not _SECONDS.fullmatch(wait):
        raise web.HTTPBadRequest(text="`wait` must be a number of seconds.")
    with room.listen(request, "long polling", request.query.get("after")) as listener:
        if not listener.has_news:
            await listener.wait(min(float(wait), clock.seconds(HOLD)))
        return answer_poll(listener)
