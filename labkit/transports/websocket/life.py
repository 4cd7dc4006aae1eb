"""The lifecycle of a raw WebSocket client: connecting, reconnecting, and closing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

from websockets.asyncio.client import ClientConnection
from websockets.client import process_exception
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from labkit.backoff import Backoff
from labkit.clock import clock
from labkit.exceptions import Disconnected
from labkit.links import Link
from labkit.protocols.close_codes import CloseCode, check_close
from labkit.sockets.read_limit import limit_reads
from labkit.transports import contract
from labkit.transports.attempts import Attempts
from labkit.transports.option_names import check_reconnect
from labkit.transports.seconds import scaled_seconds
from labkit.transports.settings import CLOSE_TIMEOUT, HEARTBEAT, MAX_MESSAGE, STABLE
from labkit.transports.websocket.closing import ABORT_TIMEOUT, close_or_abort
from labkit.transports.websocket.connect_errors import connect_error
from labkit.transports.websocket.dialling import Connection, Dial
from labkit.transports.websocket.options import SECONDS, connect_options, options_error

Connections = AsyncGenerator[Connection, None]
"""The connections of the library's ``async for websocket in connect(...)``, one after the other."""

CONNECT_TIMEOUT = 3.0
"""Seconds (scaled) for TCP connection and handshake; finding the cause of a failure adds 2."""


class Life(contract.Client):
    """A client that connects, reads, and may reconnect; `Client` adds what it sends.

    Parameters
    ----------
    name
        The client's name on the bench.
    link
        The link to dial.
    uri
        The address of the server behind the link, which the client sends as Host.
    reconnect
        Whether to reconnect after the connection has ended, however it ended, until `close`; a
        Backoff says how long to wait before each attempt.
    options
        Passed to `websockets.asyncio.client.connect`.

    Raises
    ------
    LabError
        If an option is not one of that call, or `reconnect` is something else.
    """

    protocol = "websocket"
    transport = "websocket"

    def __init__(
        self,
        name: str,
        link: Link,
        uri: str,
        /,
        *,
        reconnect: bool | Backoff = False,
        **options: Any,
    ) -> None:
        super().__init__(name, link)
        self.uri = uri
        check_reconnect(reconnect)
        self._reconnects = bool(reconnect)
        self._backoff = reconnect if isinstance(reconnect, Backoff) else Backoff()
        self._options = connect_options(options, self._reconnects)
        self._is_transient = self._options.pop("process_exception", process_exception)
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

    def _on_attempt(self) -> None:
        self._dialling = None
        self._enter("connecting")

    def _on_delay(self, attempt: int, delay: float) -> None:
        self.attempt, self.retry_at = attempt, time.time() + delay
        self._enter("reconnecting")

    def _dialler(self, attempts: Attempts) -> Dial:
        """Return the library's `connect`, which makes one connection after the other."""

        def process(error: Exception) -> Exception | None:
            if not attempts.any_was_open or self.link.state == "closed":
                return error  # fatal: `open` fails at once, and a closed link stays closed
            return cast("Exception | None", self._is_transient(error))

        beat = clock.seconds(HEARTBEAT)
        defaults: dict[str, Any] = {
            "open_timeout": clock.seconds(CONNECT_TIMEOUT),
            "close_timeout": clock.seconds(CLOSE_TIMEOUT),
            "ping_interval": beat,
            "ping_timeout": beat,
            "max_size": MAX_MESSAGE,
            "compression": None,
            "create_connection": self._dial,
            "process_exception": process,
            "reconnect_delays": attempts.delays,
        }
        return Dial(
            self.uri,
            self._on_attempt,
            host=self.link.host,
            port=self.link.port,
            proxy=None,  # otherwise `http_proxy` is honoured even for 127.0.0.1
            **(defaults | scaled_seconds(self._options, SECONDS)),
        )

    async def _open(self) -> None:
        """Connect, or reconnect at once. Raises ConnectError, which says what answers there."""
        await self._stop_reconnecting()
        self.close_code, self.close_reason = None, ""
        attempts = Attempts(self._backoff, self._on_delay, STABLE)
        try:
            connections = cast("Connections", aiter(self._dialler(attempts)))
            connection = await anext(connections)
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
        self._on_opened(connection, attempts)
        self._reader = asyncio.create_task(self._stay_connected(connections, connection, attempts))

    def _on_opened(self, connection: Connection, attempts: Attempts) -> None:
        attempts.on_opened(_now())
        self._connection = connection
        limit_reads(connection.transport)
        self._enter_open()

    async def _stay_connected(
        self, connections: Connections, connection: Connection, attempts: Attempts
    ) -> None:
        """Read from one connection after the other: the body of the library's ``async for``."""
        try:
            async with aclosing(connections):
                while await self._outlives(connection):
                    attempts.on_lost(_now())
                    await asyncio.sleep(attempts.next_delay())
                    try:
                        connection = await anext(connections)
                    except Exception as error:
                        self._give_up_reconnecting(error)
                        return
                    self._on_opened(connection, attempts)
        finally:
            if self._reader is asyncio.current_task():  # it may have been cancelled, by anyone
                self._ended()

    async def _outlives(self, connection: Connection) -> bool:
        """Read until a connection ends, and return whether to reconnect."""
        try:
            while True:
                self._heard(await connection.recv())
        except ConnectionClosed:
            if not self._reconnects or self._state == "closing":
                self._ended()
                return False
            self._enter("reconnecting", f"lost: {self._keep_ending(connection)}")
            return True

    def _ended(self) -> None:
        """Handle the end of the last connection, once, or of the attempts to reconnect."""
        if self._state in ("open", "closing"):
            assert self._connection is not None
            self._enter("closed", f"closed with {self._keep_ending(self._connection)}")
        elif self._state != "closed":
            self._enter("closed", "closed")

    def _keep_ending(self, connection: Connection) -> str:
        """Keep how a connection ended, and return it in words."""
        code = connection.close_code
        self.close_code = CloseCode(1006 if code is None else code)
        self.close_reason = connection.close_reason or connection.why_left
        reason = f", {self.close_reason!r}" if self.close_reason else ""
        return f"{self.close_code}{reason}"

    def _give_up_reconnecting(self, error: Exception) -> None:
        """Handle an error after which the client does not try again."""
        why = "the link is closed" if self.link.state == "closed" else str(error)
        self._enter("closed", f"closed: it does not try again: {why}")
        if not isinstance(error, (OSError, EOFError, InvalidHandshake)):
            raise error

    def _check_close(self, code: int, reason: str) -> None:
        """Raise LabError if an endpoint must not send this code, or the reason is too long."""
        check_close(code, reason)

    async def _close(self, code: int, reason: str) -> None:
        """Start the close handshake and wait for its end, abort after 2 s (scaled); or stop trying.

        A client that waits for its next attempt, or makes it, stops trying to reconnect.
        """
        reader = self._reader
        if self._state in ("open", "closing") and self._connection and reader:
            self._enter("closing")
            await close_or_abort(self._connection, code, reason)
            await asyncio.wait({reader}, timeout=ABORT_TIMEOUT)
        else:
            await self._stop_reconnecting()
        self._ended()  # the reader has handled it already, unless it was cancelled
        if reader and reader.done() and not reader.cancelled():
            reader.result()

    async def _stop_reconnecting(self) -> None:
        """End the wait for the next attempt to reconnect, or that attempt."""
        reader, self._reader = self._reader, None
        if reader and not reader.done():
            reader.cancel()
            await asyncio.wait({reader}, timeout=ABORT_TIMEOUT)

    def _has_left(self, connection: Connection) -> bool:
        """Return whether the end of a connection has been handled."""
        return self._state != "open" or self._connection is not connection


def _now() -> float:
    return asyncio.get_running_loop().time()
