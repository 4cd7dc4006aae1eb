"""Reading whole polling bodies.

The library's driver for aiohttp takes the part of a body that has arrived for all of it: a message
that crosses the network in two pieces is cut off, or lost silently. It also takes a chunked body
for an empty one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web

from labkit.clock import clock

BODY_IDLE_TIMEOUT = 5.0
"""Seconds (scaled) within which the next part of a body must come."""

BODY_TIMEOUT = 60.0
"""Seconds (scaled) for a whole body, however slowly it trickles."""


class _Whole:
    """A complete body, with the interface by which the library reads it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def read(self, length: int) -> bytes:
        """Return the body, or its beginning."""
        return self._body[:length]


async def read_whole_body(request: web.Request, most: int) -> bytes:
    """Return the whole body of a request.

    Raises
    ------
    web.HTTPRequestEntityTooLarge
        If it has more than `most` bytes.
    web.HTTPBadRequest
        If no more of it comes for `BODY_IDLE_TIMEOUT`, or it cannot be unpacked.
    """
    if request.content.is_eof():  # all of it has arrived, as nearly always
        complete = request.content.read_nowait()
        if len(complete) > most:
            raise web.HTTPRequestEntityTooLarge(most, len(complete))
        return complete
    body = bytearray()
    pieces = request.content.iter_any()
    try:
        async with asyncio.timeout(clock.seconds(BODY_TIMEOUT)):
            while True:
                async with asyncio.timeout(clock.seconds(BODY_IDLE_TIMEOUT)):
                    body += await anext(pieces)
                if len(body) > most:
                    raise web.HTTPRequestEntityTooLarge(most, len(body))
    except StopAsyncIteration:
        return bytes(body)
    except TimeoutError:
        raise web.HTTPBadRequest(text="The rest of the body did not come.\n") from None
    except web.RequestPayloadError as error:
        raise web.HTTPBadRequest(text=f"The body cannot be read: {error}\n") from error


def make_whole_body_driver(driver: dict[str, Any], most: Callable[[], int]) -> dict[str, Any]:
    """Return a copy of the library's driver that reads whole bodies.

    Parameters
    ----------
    driver
        The library's driver for aiohttp.
    most
        Returns the largest number of bytes that a body may have.
    """

    async def translate_request(request: web.Request) -> dict[str, Any]:
        environ: dict[str, Any] = driver["translate_request"](request)
        if request.method == "POST":
            body = await read_whole_body(request, most())
            environ["wsgi.input"] = _Whole(body)
            environ["CONTENT_LENGTH"] = str(len(body))
        return environ

    return {**driver, "translate_request": translate_request}
