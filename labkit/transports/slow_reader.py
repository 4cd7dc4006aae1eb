"""Who has stopped reading: judged by the bytes that wait in the server's write buffers.

Without it, a client that stops reading makes a broadcasting server grow without bound: the
library `websockets` never drops one, since the ping too waits behind the buffer.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from labkit.clock import clock

HARD_LIMIT = 8 * 2**20
"""More bytes than this waiting: the reader is dropped at once."""

SOFT_LIMIT = 2**20
"""More bytes than this waiting for `SLOW_READER_TIMEOUT`, and never fewer: dropped."""

SLOW_READER_TIMEOUT = 5.0
"""Seconds, scaled."""


@dataclass
class SlowReaders:
    """Remembers since when each connection has made no progress."""

    _stuck: dict[int, tuple[float, int]] = field(default_factory=dict)

    def is_one(self, connection: int, waiting: int) -> bool:
        """Whether the reader of a connection, with so many bytes waiting now, is to be dropped."""
        if waiting > HARD_LIMIT:
            return True
        since, before = self._stuck.get(connection, (None, 0))
        if waiting <= SOFT_LIMIT:
            self._stuck.pop(connection, None)
            return False
        now = asyncio.get_running_loop().time()
        if since is None or waiting < before:
            since = now
        self._stuck[connection] = (since, waiting)
        return now - since > clock.seconds(SLOW_READER_TIMEOUT)

    def forget(self, connection: int) -> None:
        """Forget a connection that has ended."""
        self._stuck.pop(connection, None)
