"""The routes that all ways to listen share: to say something, and to leave."""

from __future__ import annotations

import re

from aiohttp import web

from labkit.transports.contract import Message
from labkit.transports.http.chat.server.room import Room
from labkit.transports.http.whole_body import read_whole_body

_NUMBER = re.compile(r"[0-9]{1,15}")


async def post(room: Room, request: web.Request) -> web.Response:
    """Take a message: `POST /messages?client=...&number=...`.

    A client numbers what it says, from 1. If no answer comes, it cannot know whether its message
    arrived, and posts it again: the number tells that it is the same one. Number 0, with an empty
    body, says nothing, and proves that a client's posts arrive.
    """
    number = request.query.get("number", "")
    if not _NUMBER.fullmatch(number):
        raise web.HTTPBadRequest(text="`number` must count your messages: 1, 2, 3.")
    if request.content_length is None and "Transfer-Encoding" not in request.headers:
        refusal = web.HTTPLengthRequired(text="A post needs its `Content-Length`.")
        refusal.force_close()  # nobody knows where the next request begins
        raise refusal
    message = await _read_message(request)
    if not int(number) and message:
        raise web.HTTPBadRequest(text="Number 0 carries no message: count from 1.")
    if int(number):
        room.post(request, request.query.get("client", ""), int(number), message)
    else:
        room.find_session(request.query.get("client", ""))
    return web.Response(status=204)


async def _read_message(request: web.Request) -> Message:
    """Return the body as text or bytes. Raises HTTPException if it is neither, or too large."""
    if request.content_type not in ("text/plain", "application/octet-stream"):
        raise web.HTTPUnsupportedMediaType(
            text="A post is `text/plain` in UTF-8, or `application/octet-stream`."
        )
    body = await read_whole_body(request, request.client_max_size)
    if request.content_type != "text/plain":
        return body
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise web.HTTPBadRequest(text=f"This text is not UTF-8: {error.reason}.") from None


async def leave(room: Room, request: web.Request) -> web.Response:
    """Let a client leave: `DELETE /clients/...`."""
    room.leave(request.match_info["client"])
    return web.Response(status=204)
