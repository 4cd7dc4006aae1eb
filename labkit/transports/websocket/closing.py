"""Closing a connection from this side, within a bounded time."""

from __future__ import annotations

import asyncio
import contextlib

from websockets.asyncio.connection import Connection

from labkit.clock import clock
from labkit.transports.settings import CLOSE_TIMEOUT

ABORT_TIMEOUT = 1.0
"""Seconds that an aborted connection gets to report its end. Not scaled."""


async def close_or_abort(connection: Connection, code: int = 1000, reason: str = "") -> None:
    """Start the close handshake and wait for its end; abort after 2 s (scaled).

    The library's `close_timeout` starts only when the close frame has been written, and a peer that
    does not read can delay that.

    Raises
    ------
    Exception
        The library's exception if it cannot close; the connection then stays as it is.
    """
    try:
        async with asyncio.timeout(clock.seconds(CLOSE_TIMEOUT)):
            await connection.close(code, reason)
    except TimeoutError:
        connection.transport.abort()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ABORT_TIMEOUT):
                await connection.wait_closed()
