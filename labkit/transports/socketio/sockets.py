"""WebSockets of Engine.IO that report a message that is too large.

aiohttp stops reading in the middle of the message and closes the connection; the bytes still on
their way then reset it, and the close frame with 1009 is lost. Here the message is read to its end,
if it is not far too large, and the connection is closed as RFC 6455 section 7 requires.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web
from engineio.async_drivers.aiohttp import WebSocket

from labkit.clock import clock
from labkit.transports.settings import CLOSE_TIMEOUT

READ_ON_FACTOR = 4
"""The multiple of the allowed size up to which a message is read before it is cut off."""

MAX_BYTES_PER_CHARACTER = 4
"""The most bytes of a character in UTF-8, so that only long texts need measuring."""


class PoliteWebSocket(WebSocket):  # type: ignore[misc]
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
