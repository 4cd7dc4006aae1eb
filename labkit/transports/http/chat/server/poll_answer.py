"""The answer to a poll, short or long."""

from __future__ import annotations

import json

from aiohttp import web

from labkit.transports.http.chat.server.listener import Listener


def answer_poll(listener: Listener) -> web.Response:
    """Return what is new as JSON with the next cursor, or 204 if nothing is.

    Raises
    ------
    HTTPException
        If the server stops, or has sent this client away.
    """
    if listener.refusal is not None:
        raise listener.refusal
    if listener.is_over:  # a newer request of this client listens
        return web.Response(status=204)
    before, private, reading = listener.reached, listener.take_private(), listener.take()
    if reading.next == before and not private:
        return web.Response(status=204)
    epoch = reading.next.epoch
    messages = [f"{{{content}}}" for content in private]
    messages += [f'{{"id": "{epoch}-{kept.number}", {kept.content}}}' for kept in reading.messages]
    lost = "" if reading.lost == 0 else f', "lost": {json.dumps(reading.lost)}'
    body = f'{{"messages": [{", ".join(messages)}], "next": "{reading.next}"{lost}}}'
    return web.Response(text=body, content_type="application/json")
