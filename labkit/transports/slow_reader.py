"""Slow readers: clients that stopped reading, recognized by the server's write buffers.

Otherwise, a client that stops reading makes a broadcasting server grow without bound: the library
`websockets` never drops one, because the ping too waits in the buffer.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from labkit.clock import clock

HARD_LIMIT = 8 * 2**20
"""Queued bytes above which a reader is dropped at once."""

SOFT_LIMIT = 2**20
"""Queued bytes above which a reader is dropped after `SLOW_READER_TIMEOUT` without progress."""

SLOW_READER_TIMEOUT = 5.0
"""Seconds, scaled."""


@dataclass
class SlowReaders:
    """Keeps track of the connections that make no progress."""

    _stuck: dict[int, tuple[float, int]] = field(default_factory=dict)

    def is_one(self, connection: int, waiting: int) -> bool:
        """Return whether to drop a connection that has `waiting` bytes queued now."""
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
