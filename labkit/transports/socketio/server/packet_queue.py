"""The queue of packets that wait for one connection of a Socket.IO server."""

from __future__ import annotations

import asyncio
import contextlib
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

    `get` returns a future and not a coroutine, of which the library would make a task for each
    packet and each connection. A packet whose taker is cancelled at that moment is lost; the
    library then ends the session.
    """

    _queue: deque[Any]

    def __init__(self, maxsize: int = 0) -> None:
        super().__init__(maxsize)
        self._takers: deque[asyncio.Future[Any]] = deque()

    def get(self) -> asyncio.Future[Any]:  # type: ignore[override]
        """Return a future for the next packet."""
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
