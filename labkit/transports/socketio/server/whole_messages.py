"""The WebSocket of an Engine.IO session, whose messages are read to their end.

In the middle of a message that is too large, aiohttp stops reading and closes the connection; the
bytes still on their way then reset it, and the close frame with 1009 is lost. Here the message is
read to its end, if it is not far too large, and the connection is closed as RFC 6455 section 7
requires.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from labkit.clock import clock
from labkit.transports.settings import CLOSE_TIMEOUT

READ_ON_FACTOR = 4
"""The multiple of the allowed size up to which a message is read before it is cut off."""

MAX_BYTES_PER_CHARACTER = 4
"""The most bytes of a character in UTF-8, so that only long texts need measuring."""


class WholeMessageWebSocket:
    """A WebSocket of a session, with the interface by which the library's `handler` uses it.

    A message may have at most `most` bytes.
    """

    def __init__(
        self, handler: Callable[[WholeMessageWebSocket], Awaitable[None]], most: int
    ) -> None:
        self._handler = handler
        self._most = most
        self._socket = web.WebSocketResponse(
            max_msg_size=READ_ON_FACTOR * most, timeout=clock.seconds(CLOSE_TIMEOUT)
        )

    async def answer(self, request: web.Request) -> web.WebSocketResponse:
        """Accept the WebSocket, and let the library use it until it ends."""
        await self._socket.prepare(request)
        await self._handler(self)
        return self._socket

    async def wait(self) -> str | bytes:
        """Return the next message. Raises OSError if none comes or it is too large."""
        message: object = (await self._socket.receive()).data
        if not isinstance(message, (str, bytes)):
            raise OSError("the WebSocket has ended")
        encoded = message
        if isinstance(message, str) and len(message) * MAX_BYTES_PER_CHARACTER > self._most:
            encoded = message.encode()
        if len(encoded) > self._most:
            await self._socket.close(code=1009, message=f"at most {self._most} bytes".encode())
            raise OSError("a message is too large")
        return message

    async def send(self, message: str | bytes) -> None:
        """Send a message."""
        if isinstance(message, bytes):
            await self._socket.send_bytes(message)
        else:
            await self._socket.send_str(message)

    async def close(self) -> None:
        """Close it with 1000."""
        await self._socket.close()
