"""The end of a connection that this side asks for: polite, bounded, and with an outcome."""

from __future__ import annotations

import asyncio
import contextlib

from websockets.asyncio.connection import Connection

from labkit.clock import clock
from labkit.transports.settings import CLOSE_TIMEOUT

ABORT_TIMEOUT = 1.0
"""Seconds that an aborted connection gets to report its end. Not scaled."""


async def close_or_abort(connection: Connection, code: int = 1000, reason: str = "") -> None:
    """Begin the close handshake and wait for its end; abort after 2 s (scaled).

    The library's own `close_timeout` begins only once the close frame is written, which a peer that
    does not read can hold up.

    Raises
    ------
    Exception
        Whatever the library raises if it cannot close: the connection is still as it was then.
    """
    try:
        async with asyncio.timeout(clock.seconds(CLOSE_TIMEOUT)):
            await connection.close(code, reason)
    except TimeoutError:
        connection.transport.abort()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ABORT_TIMEOUT):
                await connection.wait_closed()
