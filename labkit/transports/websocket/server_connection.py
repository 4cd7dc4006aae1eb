"""A server's side of a connection, which reports connections that never became a WebSocket.

The library answers a bad handshake with an HTTP error, and closes without an answer if the request
is not HTTP; in both cases it reports nothing to the program. A teacher wants to see what was
refused, and why.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any, Protocol

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import InvalidMessage
from websockets.http11 import Response

from labkit.protocols.security_headers import add_security_headers
from labkit.sockets.read_limit import limit_reads
from labkit.transports.connection_limit import ConnectionLimit

MAX_REFUSAL_TEXT = 200
"""Characters to keep of a reason: part of it comes from a foreign client."""


class Host(Protocol):
    """The server of the connections."""

    connection_limit: ConnectionLimit

    def admit(self, connection: asyncio.BaseProtocol, transport: asyncio.Transport) -> None:
        """Count a new connection."""

    def on_refused(self, why: str) -> None:
        """Handle the end of a connection that never was open."""


class HostedConnection(ServerConnection):
    """A server's side of a connection.

    Parameters
    ----------
    host
        Counts the server's connections, and handles the end of those that never were open.
    """

    def __init__(
        self,
        host: Host,
        *args: Any,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._host = host
        self._left = False
        # every answer passes here, even to requests that none of the library's hooks sees
        self._send_response = self.protocol.send_response
        self.protocol.send_response = self._send_protected  # type: ignore[method-assign]

    def _send_protected(self, response: Response) -> None:
        add_security_headers(response.status_code, response.headers)
        self._send_response(response)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start reading, within the read limit that gives the other connections a turn."""
        limit_reads(transport)
        super().connection_made(transport)
        self._host.admit(self, self.transport)

    def eof_received(self) -> None:
        """Remember whether the other side left before it sent anything wrong."""
        self._left = self.protocol.handshake_exc is None
        super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Report why the connection ended, if the handshake did not succeed."""
        wrong = None if self._left else self.protocol.handshake_exc
        super().connection_lost(exc)
        self._host.connection_limit.discard(self)
        why = self._reason(wrong, bool(self._left or exc))
        if why:
            self._host.on_refused(why[:MAX_REFUSAL_TEXT])

    def _reason(self, wrong: Exception | None, left: bool) -> str:
        """Return why this never became a WebSocket; "" if it did, or requested the page."""
        if self.response is not None:
            if self.response.status_code < HTTPStatus.BAD_REQUEST:
                return ""
            told = (
                str(wrong) if wrong else self.response.body.decode("utf-8", "replace").strip(".\n")
            )
            return f"{self.response.status_code} {self.response.reason_phrase}: {told}"
        if isinstance(wrong, InvalidMessage):
            return f"its request cannot be read: {_cause(wrong)}"
        if wrong is not None:
            return f"its request is too large: {wrong}"
        if left:
            return "it left before it was answered"
        if self.request is not None:
            return "it was not answered in time: `process_request` had not returned"
        return "its request took too long"


def _cause(error: BaseException) -> BaseException:
    return error if error.__cause__ is None else _cause(error.__cause__)
