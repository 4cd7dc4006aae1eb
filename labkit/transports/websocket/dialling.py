"""How a client dials with the library `websockets`: the server may be anyone's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from labkit.transports.settings import MAX_PONGS


class Dial(connect):
    """The library's `connect`, which here does not follow redirects, and reports each attempt.

    Parameters
    ----------
    uri
        The address of the server.
    on_attempt
        Called when an attempt to connect starts.
    options
        Passed to the library.
    """

    def __init__(self, uri: str, on_attempt: Callable[[], None], **options: Any) -> None:
        super().__init__(uri, **options)
        self._on_attempt = on_attempt

    async def connect(self) -> ClientConnection:
        """Connect once, as the library calls it for each attempt."""
        self._on_attempt()
        return await super().connect()

    def process_redirect(self, exc: Exception) -> Exception | str:
        """Return the exception: a redirect would lead past the link, which would record nothing."""
        return exc


class Connection(ClientConnection):
    """A connection that hangs up on a server that sends pings and does not read the pongs.

    The library answers each ping at once, and unread pongs fill its write buffer.

    Attributes
    ----------
    why_left
        The reason for hanging up, "" if it did not.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.why_left = ""
        self._answers = 0

    @property
    def how_far(self) -> str:
        """How far the handshake came, as a sentence without its end."""
        if self.response is not None:
            return "an answer to the handshake came, but the connection did not open"
        if self.request is not None:
            return "TCP is connected and the handshake was sent, but no complete answer came"
        return "TCP is connected, but the handshake was not sent"

    def data_received(self, data: bytes) -> None:
        """Pass bytes to the library, and count the bytes that it answers."""
        before = self.transport.get_write_buffer_size()
        super().data_received(data)
        grown = self.transport.get_write_buffer_size() - before
        self._answers = min(self._answers, before) + max(grown, 0)
        if self._answers > MAX_PONGS and not self.why_left:
            self.why_left = "the server sends pings and does not read the pongs"
            self.transport.abort()
