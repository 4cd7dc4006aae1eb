"""The body of a request, read whole and within a time limit."""

from __future__ import annotations

import asyncio

from aiohttp import web

from labkit.clock import clock

BODY_TIMEOUT = 5.0
"""Seconds (scaled) for a whole body, after which its sender gets 400."""


class WholeBody:
    """A complete body, with the interface by which Engine.IO's library reads a request's content.

    The library takes the part of a body that has arrived for all of it: a message that crosses the
    network in two pieces is cut off, or lost silently. It also takes a chunked body for an empty
    one, since it asks for as many bytes as a header announces.
    """

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def read(self, length: int) -> bytes:
        """Return the body, whatever length was announced."""
        return self._body


async def read_whole_body(request: web.Request, most: int) -> bytes:
    """Return the whole body of a request.

    Raises
    ------
    web.HTTPRequestEntityTooLarge
        If it has more than `most` bytes.
    web.HTTPBadRequest
        If it has not come within `BODY_TIMEOUT`, or cannot be unpacked.
    """
    if request.client_max_size != most:  # that of a learner's application
        request = request.clone(client_max_size=most)
    if request.content.is_eof():  # all of it has arrived, as nearly always
        return await request.read()
    try:
        async with asyncio.timeout(clock.seconds(BODY_TIMEOUT)):
            return await request.read()
    except TimeoutError:
        raise web.HTTPBadRequest(text="The rest of the body did not come.\n") from None
    except web.RequestPayloadError as error:
        raise web.HTTPBadRequest(text=f"The body cannot be read: {error}\n") from error
