"""How a learner's own client code dials: the library's `connect`, led through a link."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any, cast
from weakref import WeakSet

from websockets.asyncio.client import ClientConnection

from labkit.clock import clock
from labkit.links import Link
from labkit.sockets.read_limit import limit_reads
from labkit.transports.settings import MAX_MESSAGE
from labkit.transports.websocket.dialling import Connection, Dial

RETRY = 0.002
"""Seconds (scaled) between two attempts of ``async for websocket in connect()``."""


class Reported(Connection):
    """A connection that reports when it is open, and when it is over."""

    on_over: Callable[[Reported], None] | None = None

    @property
    def has_left(self) -> bool:
        """Whether its own side began to close it."""
        received, sent = self.protocol.close_rcvd, self.protocol.close_sent
        return sent is not None and (
            received is None or self.protocol.close_rcvd_then_sent is False
        )

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass it to the library, then report."""
        super().connection_lost(exc)
        if self.on_over is not None:
            self.on_over(self)


Reported.__name__ = Reported.__qualname__ = ClientConnection.__name__
"""A learner's error names the class: "'ClientConnection' object has no attribute 'sned'"."""


class LearnerDial(Dial):
    """The library's `connect` to a link, which tries again within milliseconds.

    Parameters
    ----------
    link
        Where it leads.
    on_attempt
        Called when an attempt to connect starts.
    on_open, on_over
        Called with a connection that is open, and once when it is over.
    options
        The learner's, passed to the library.
    """

    def __init__(
        self,
        link: Link,
        on_attempt: Callable[[], None],
        on_open: Callable[[Reported], None],
        on_over: Callable[[Reported], None],
        options: dict[str, Any],
    ) -> None:
        defaults: dict[str, Any] = {
            "max_size": MAX_MESSAGE,
            "compression": None,
            "proxy": None,
            "create_connection": Reported,
            "reconnect_delays": _delays,
        }
        super().__init__(link.url, on_attempt, **(defaults | options))
        self._on_open = on_open
        self._on_over = on_over
        self._loops: WeakSet[AsyncGenerator[ClientConnection]] = WeakSet()

    def __aiter__(self) -> AsyncGenerator[ClientConnection]:
        """Return the library's loop of connections, and remember it while somebody uses it."""
        loop = cast("AsyncGenerator[ClientConnection]", super().__aiter__())
        self._loops.add(loop)
        return loop

    async def aclose(self) -> None:
        """End the loops that are still used, with their connections, within a second.

        Otherwise asyncio ends each in a task of its own, whenever it is garbage-collected.
        """
        for loop in tuple(self._loops):
            with contextlib.suppress(TimeoutError, RuntimeError):  # a task still runs in it
                async with asyncio.timeout(1):
                    await loop.aclose()

    async def connect(self) -> ClientConnection:
        """Connect once, as the library calls it for each attempt."""
        connection = await super().connect()
        if isinstance(connection, Reported):
            limit_reads(connection.transport)
            self._on_open(connection)
            connection.on_over = self._on_over
            if connection.close_code is not None:  # it was over before anybody could look
                self._on_over(connection)
        return connection


def _delays() -> Generator[float]:
    while True:
        yield clock.seconds(RETRY)
