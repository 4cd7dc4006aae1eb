"""Engine.IO's driver for aiohttp, changed so that messages are read whole.

- The library's driver takes the part of a polling body that has arrived for all of it: a message
  that crosses the network in two pieces is cut off, or lost silently. It also takes a chunked body
  for an empty one.
- In the middle of a WebSocket message that is too large, aiohttp stops reading and closes the
  connection; the bytes still on their way then reset it, and the close frame with 1009 is lost.
  Here the message is read to its end, if it is not far too large, and the connection is closed as
  RFC 6455 section 7 requires.
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web
from engineio.async_drivers.aiohttp import WebSocket

from labkit.clock import clock
from labkit.transports.settings import CLOSE_TIMEOUT

BODY_TIMEOUT = 5.0
"""Seconds (scaled) for a whole body, after which its sender gets 400."""


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


def make_driver(driver: dict[str, Any], most: int) -> dict[str, Any]:
    """Return a copy of the library's driver that reads whole bodies, and whole messages.

    Parameters
    ----------
    driver
        The library's driver for aiohttp.
    most
        The largest number of bytes that a body may have.
    """

    async def translate_request(request: web.Request) -> dict[str, Any]:
        environ: dict[str, Any] = driver["translate_request"](request)
        if request.method == "POST":
            body = await read_whole_body(request, most)
            environ["wsgi.input"] = _Whole(body)
            environ["CONTENT_LENGTH"] = str(len(body))
        return environ

    return {**driver, "translate_request": translate_request, "websocket": WholeMessageWebSocket}


READ_ON_FACTOR = 4
"""The multiple of the allowed size up to which a message is read before it is cut off."""

MAX_BYTES_PER_CHARACTER = 4
"""The most bytes of a character in UTF-8, so that only long texts need measuring."""


class WholeMessageWebSocket(WebSocket):  # type: ignore[misc]
    """The library's WebSocket, with a close frame after a message that is too large."""

    async def __call__(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        """Accept a WebSocket, and let the library use it until it ends."""
        self._sock = web.WebSocketResponse(
            max_msg_size=READ_ON_FACTOR * self.server.max_http_buffer_size,
            timeout=clock.seconds(CLOSE_TIMEOUT),
        )
        await self._sock.prepare(environ["aiohttp.request"])
        self.environ = environ
        await self.handler(self)
        return self._sock

    async def wait(self) -> str | bytes:
        """Return the next message. Raises OSError if none comes or it is too large."""
        message: str | bytes = await super().wait()
        most = self.server.max_http_buffer_size
        if len(message) * MAX_BYTES_PER_CHARACTER > most and _size(message) > most:
            await self._sock.close(code=1009, message=f"at most {most} bytes".encode())
            raise OSError("a message is too large")
        return message


def _size(message: str | bytes) -> int:
    return len(message.encode() if isinstance(message, str) else message)
