"""Server-sent events: one answer that does not end, to which the server adds as things happen.

The stream is HTML's own format (https://html.spec.whatwg.org/multipage/server-sent-events.html),
which a browser's `EventSource` reads: it reconnects by itself, and sends the id of the last event
that it got in the header `Last-Event-ID`. Here this is the cursor, so a stream that broke goes on
where it broke.

What it cannot do: carry anything up, so what a client says is a POST of its own, and needs a second
connection; carry bytes, so they travel as base64; or learn that a client has died silently, as
nothing ever comes back. It is one long answer: something on the way that collects an answer before
it passes it on (a virus scanner) lets nothing pass, or only the headers, and the client sees a
stream that is open and silent. Hence the heartbeats, and a client that takes a stream for open only
when its first byte is there. A browser opens six connections to a host at most, for all its tabs.
"""

from __future__ import annotations

import contextlib
import json
from functools import partial

from aiohttp import web
from aiohttp.hdrs import CACHE_CONTROL, CONTENT_TYPE

from labkit.clock import clock
from labkit.protocols.event_stream import format_block
from labkit.transports.http.chat.server.chat_server import ChatServer
from labkit.transports.http.chat.server.listener import Listener
from labkit.transports.http.chat.server.room import Room
from labkit.transports.settings import HEARTBEAT

RETRY = 1000
"""Milliseconds after which `EventSource` reconnects. (With 0, hundreds of times a second.)"""

HEADERS = {
    CONTENT_TYPE: "text/event-stream",
    CACHE_CONTROL: "no-store",
    "X-Accel-Buffering": "no",  # nginx passes each piece on at once
}


class Server(ChatServer):
    """A finished chat over server-sent events."""

    protocol = "sse"

    def routes(self) -> list[web.RouteDef]:
        """Return the route at which clients listen."""
        return [web.get("/events", partial(stream, self.room), allow_head=False)]


async def stream(room: Room, request: web.Request) -> web.StreamResponse:
    """Answer without end: `GET /events?client=...&after=...`, where `Last-Event-ID` wins."""
    cursor = request.headers.get("Last-Event-ID") or request.query.get("after")
    with room.listen(request, "event stream", cursor, is_stream=True) as listener:
        response = web.StreamResponse(headers=HEADERS)
        response.force_close()  # when it ends, there is nothing more to ask here
        with contextlib.suppress(ConnectionError):  # the client may leave at any time
            await response.prepare(request)
            await listener.send(response.write(format_block(retry=RETRY)))
            await _go_on(listener, response)
            await response.write_eof()
    return response


async def _go_on(listener: Listener, response: web.StreamResponse) -> None:
    """Send what is new, and heartbeats, until the listener is over.

    The first heartbeat follows at once: a page sees no block without data, so this is how it learns
    that the stream is open, and that it has all that it had missed.
    """
    seconds = clock.seconds(HEARTBEAT)
    heartbeat = format_block(event="heartbeat", data=f"{seconds:g}")
    await _send_news(listener, response)
    await listener.send(response.write(heartbeat))
    while not listener.is_over:
        if await listener.wait(seconds):
            await _send_news(listener, response)
        else:
            await listener.send(response.write(heartbeat))


async def _send_news(listener: Listener, response: web.StreamResponse) -> None:
    """Send all that is new, of which the history gives a bounded part at a time."""
    while True:
        await listener.send(response.write(_blocks(listener)))
        if listener.is_over or not listener.has_news:
            return


def _blocks(listener: Listener) -> bytes:
    """Return what is new as blocks: events, and an id alone where only the cursor moves.

    A message for this client alone has no id, which a page cannot see: an event has the last one
    that came. So it has a type.
    """
    reading = listener.take()
    epoch, messages = reading.next.epoch, reading.messages
    private = listener.take_private()
    blocks = [format_block(event="private", data=f"{{{content}}}") for content in private]
    if reading.lost != 0:
        blocks.append(format_block(event="lost", data=json.dumps(reading.lost)))
    blocks += [
        format_block(id=f"{epoch}-{kept.number}", data=f"{{{kept.content}}}") for kept in messages
    ]
    if not messages or messages[-1].number != reading.next.number:
        blocks.append(format_block(id=str(reading.next)))
    return b"".join(blocks)
