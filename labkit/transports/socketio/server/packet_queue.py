"""The queue of packets that wait for one connection of a Socket.IO server."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import deque
from typing import Any

from engineio.packet import Packet

from labkit.clock import clock

QUEUE_JOIN_TIMEOUT = 1.0
"""Seconds (scaled) for which the library may wait until a connection has taken all packets."""


class PacketQueue(asyncio.Queue[Any]):
    """The queue of packets for one connection, which knows how many bytes it holds.

    An event for several connections is one packet, which caches its first encoding: bytes for a
    WebSocket or base64 for a polling body, and the next connection gets the same. So a binary
    packet is copied here for each connection. (The source of `asyncio.Queue` names `_put` as a
    method to override; `_queue` is what it fills.)
    """

    _queue: deque[Any]

    def __init__(self, maxsize: int = 0) -> None:
        super().__init__(maxsize)
        self._takers: deque[asyncio.Future[Any]] = deque()

    if sys.version_info < (3, 12):

        def get(self) -> asyncio.Future[Any]:  # type: ignore[override]
            """Return a future for the next packet.

            Of a coroutine, `asyncio.wait_for` would make a task for each packet and connection.
            Since Python 3.12 it does not; before, it returns the result of a future that is done
            even if it is cancelled at that moment, so that no packet is lost.
            """
            packet = asyncio.get_running_loop().create_future()
            if self._queue:
                packet.set_result(self.get_nowait())
            else:
                self._takers.append(packet)
            return packet

    def _put(self, item: Any) -> None:
        if item is not None and item.binary:
            item = Packet(item.packet_type, item.data)
        while self._takers:
            taker = self._takers.popleft()
            if not taker.done():
                taker.set_result(item)
                return
        self._queue.append(item)

    @property
    def waiting(self) -> int:
        """The bytes that it holds, counted on access and not at each message."""
        data = (getattr(item, "data", None) for item in self._queue)
        return sum(len(each) for each in data if isinstance(each, (str, bytes)))

    async def join(self) -> None:
        """Wait until all packets have been taken, but bounded: the client may poll no more."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(clock.seconds(QUEUE_JOIN_TIMEOUT)):
                await super().join()
