"""How a client dials with the library `websockets`: the server may be anyone's."""

from __future__ import annotations

from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from labkit.transports.settings import MAX_PONGS


class Dial(connect):
    """The library's `connect`, which here does not follow redirects."""

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
