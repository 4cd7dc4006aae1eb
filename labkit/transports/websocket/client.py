"""A raw WebSocket client."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from labkit.clock import clock
from labkit.exceptions import Disconnected, LabError
from labkit.links import Link
from labkit.protocols.close_codes import CloseCode, check_close
from labkit.sockets.read_limit import limit_reads
from labkit.transports import contract
from labkit.transports.contract import Entry, Message
from labkit.transports.contract.not_heard import reconnect_hint
from labkit.transports.settings import CLOSE_TIMEOUT, HEARTBEAT, MAX_MESSAGE
from labkit.transports.websocket.closing import ABORT_TIMEOUT, close_or_abort
from labkit.transports.websocket.connect_errors import connect_error
from labkit.transports.websocket.dialling import Connection, Dial
from labkit.transports.websocket.options import connect_options, options_error

CONNECT_TIMEOUT = 3.0
"""Seconds (scaled) for TCP connection and handshake; finding the cause of a failure adds 2."""


class Client(contract.Client):
    """A client that speaks raw WebSocket.

    Parameters
    ----------
    name
        The client's name on the bench.
    link
        The link to dial.
    uri
        The address of the server behind the link, which the client sends as Host.
    options
        Passed to `websockets.asyncio.client.connect`.

    Raises
    ------
    LabError
        If an option is not one of that call.
    """

    protocol = "websocket"
    transport = "websocket"

    def __init__(self, name: str, link: Link, uri: str, /, **options: Any) -> None:
        super().__init__(name, link)
        self.uri = uri
        self._options = connect_options(options)
        self._dialling: Connection | None = None
        self._connection: Connection | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def raw(self) -> ClientConnection:
        """The library's connection. Raises Disconnected before the first one."""
        if self._connection is None:
            raise Disconnected(f"{self.name} has not connected yet.")
        return self._connection

    @property
    def local_ports(self) -> set[int]:
        """The port from which this client dials its link, known before the handshake."""
        transport = getattr(self._dialling, "transport", None)
        name = transport.get_extra_info("sockname") if transport is not None else None
        return {int(name[1])} if name else set()

    def _dial(self, *args: Any, **options: Any) -> Connection:
        self._dialling = Connection(*args, **options)
        return self._dialling

    async def _open(self) -> None:
        """Connect. Raises ConnectError, which says what answers at the address."""
        self.close_code, self.close_reason = None, ""
        self._dialling = None
        self._enter("connecting")
        beat = clock.seconds(HEARTBEAT)
        defaults: dict[str, Any] = {
            "open_timeout": clock.seconds(CONNECT_TIMEOUT),
            "close_timeout": clock.seconds(CLOSE_TIMEOUT),
            "ping_interval": beat,
            "ping_timeout": beat,
            "max_size": MAX_MESSAGE,
            "compression": None,
            "create_connection": self._dial,
        }
        try:
            await Dial(
                self.uri,
                host=self.link.host,
                port=self.link.port,
                proxy=None,  # otherwise `http_proxy` is honoured even for 127.0.0.1
                **(defaults | self._options),
            )
        except (OSError, EOFError, InvalidHandshake, TimeoutError) as error:
            self._enter("closed", "could not connect")
            dialled = self._dialling
            how_far = "there is no TCP connection" if dialled is None else dialled.how_far
            raise await connect_error(self, error, how_far) from error
        except (TypeError, ValueError) as error:
            self._enter("closed")
            if not self._options:
                raise
            raise options_error("connect", self._options, error) from error
        except BaseException:
            self._enter("closed")
            raise
        self._connection = self._dialling
        assert self._connection is not None
        limit_reads(self._connection.transport)
        self._enter("open", "connected")
        self._reader = asyncio.create_task(self._read_all(self._connection))

    async def _read_all(self, connection: Connection) -> None:
        try:
            while True:
                self._heard(await connection.recv())
        except ConnectionClosed:
            self._ended(connection)

    def _ended(self, connection: Connection) -> None:
        """Handle the end of a connection, once."""
        if self._state == "closed":
            return
        code = connection.close_code
        self.close_code = CloseCode(1006 if code is None else code)
        self.close_reason = connection.close_reason or connection.why_left
        reason = f", {self.close_reason!r}" if self.close_reason else ""
        self._enter("closed", f"closed with {self.close_code}{reason}")

    async def say(self, text: Message) -> None:
        """Send a text or bytes.

        Raises
        ------
        Disconnected
            If the connection is not open.
        TypeError
            If the message is neither text nor bytes.
        LabError
            If the text contains a lone surrogate.
        """
        if not isinstance(text, (str, bytes)):
            raise TypeError(
                f"A WebSocket message is text or bytes, not {type(text).__name__}. "
                "Convert anything else to text first: `json.dumps(...)`."
            )
        if isinstance(text, str) and not text.isascii():
            _check_unicode(text)
        if self._state != "open" or self._connection is None:
            raise Disconnected(self._cannot_say())
        number = self._write(Entry("said", text, time.time(), "sending"))
        self.changes.notify()
        try:
            await self._connection.send(text)
        except ConnectionClosed as error:
            self._set_status(number, "failed")
            await self.changes.until(lambda: self._state == "closed", within=1)
            raise Disconnected(self._cannot_say()) from error
        except BaseException:
            self._set_status(number, "failed")
            raise
        self._set_status(number, "sent")

    def _check_close(self, code: int, reason: str) -> None:
        """Raise LabError if an endpoint must not send this code, or the reason is too long."""
        check_close(code, reason)

    async def _close(self, code: int, reason: str) -> None:
        """Start the close handshake and wait for its end; abort after 2 s (scaled)."""
        if self._connection is None or self._reader is None:
            self._enter("closed")
            return
        if self._state == "open":
            self._enter("closing")
        await close_or_abort(self._connection, code, reason)
        await asyncio.wait({self._reader}, timeout=ABORT_TIMEOUT)
        self._ended(self._connection)  # the reader has handled it already, unless it was cancelled
        if self._reader.done() and not self._reader.cancelled():
            self._reader.result()

    def _cannot_say(self) -> str:
        return (
            f"{self.name} cannot say anything: the connection is {self._state}{self._with()}. "
            f"Raw WebSocket does not reconnect by itself: {reconnect_hint(self)}."
        )


def _check_unicode(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise LabError(
            f"This text has half a character at position {error.start} (a lone surrogate), which "
            "UTF-8 cannot encode, so WebSocket cannot carry it. It was not sent."
        ) from error
