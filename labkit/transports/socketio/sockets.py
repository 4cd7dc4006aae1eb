"""WebSockets of Engine.IO that say why a message was too large.

aiohttp stops reading in the middle of such a message and cuts the connection; what is still on its
way then resets it, and the close frame with 1009 is lost. Here the message is read to its end, if
that is not too far off, and the connection is closed as RFC 6455 section 7 has it.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web
from engineio.async_drivers.aiohttp import WebSocket

from labkit.clock import clock
from labkit.transports.settings import CLOSE_TIMEOUT

READ_ON_FACTOR = 4
"""How many times as much as is allowed is read of a message, before it is cut off after all."""

MAX_BYTES_PER_CHARACTER = 4
"""Bytes of a character in UTF-8 at most: only long texts are measured."""


class PoliteWebSocket(WebSocket):  # type: ignore[misc]
    """The library's WebSocket, with a polite end."""

    async def __call__(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        """Accept a WebSocket, and let the library speak over it until it ends."""
        self._sock = web.WebSocketResponse(
            max_msg_size=READ_ON_FACTOR * self.server.max_http_buffer_size,
            timeout=clock.seconds(CLOSE_TIMEOUT),
        )
        await self._sock.prepare(environ["aiohttp.request"])
        self.environ = environ
        await self.handler(self)
        return self._sock

    async def wait(self) -> str | bytes:
        """Return the next message. Raises OSError if none comes, or if it is too large."""
        message: str | bytes = await super().wait()
        most = self.server.max_http_buffer_size
        if len(message) * MAX_BYTES_PER_CHARACTER > most and _size(message) > most:
            await self._sock.close(code=1009, message=f"at most {most} bytes".encode())
            raise OSError("a message is too large")
        return message


def _size(message: str | bytes) -> int:
    return len(message.encode() if isinstance(message, str) else message)
