"""How a client dials with the library `websockets`, to whomever it may be."""

from __future__ import annotations

from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from labkit.transports.settings import MAX_PONGS


class Dial(connect):
    """The library's `connect`, which stays where it was sent."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """Follow no redirect: it would lead past the link, which would see nothing of it."""
        return exc


class Connection(ClientConnection):
    """A connection that hangs up on a server which sends pings and takes no pongs.

    The library answers each ping at once, and what is not read waits in its write buffer.

    Attributes
    ----------
    why_left
        Why it hung up, "" if it did not.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.why_left = ""
        self._answers = 0

    def data_received(self, data: bytes) -> None:
        """Let the library take what came, and count what it answers."""
        before = self.transport.get_write_buffer_size()
        super().data_received(data)
        grown = self.transport.get_write_buffer_size() - before
        self._answers = min(self._answers, before) + max(grown, 0)
        if self._answers > MAX_PONGS and not self.why_left:
            self.why_left = "the server sends pings and does not read the pongs"
            self.transport.abort()
