"""A connection of a Socket.IO server: one Engine.IO session, with its namespaces and rooms."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from engineio.packet import Packet

from labkit.clock import clock
from labkit.transports.contract import Connection, Membership
from labkit.transports.settings import JOIN_TIMEOUT


@dataclass(eq=False)
class Session(Connection):
    """A connection whose state is read from the library when it is needed.

    Attributes
    ----------
    sio
        The library's server of the session.
    request
        The HTTP request that opened the session, later that of its WebSocket.
    members
        Its session ids in the namespaces that it has joined.
    entering
        Those of them whose connect handler has not returned.
    asked_to_join
        The number of packets that asked to join a namespace.
    outside_since
        The loop's time at which it was first seen in no namespace, None while it is in one.
    over
        Done when the session is ending or has ended.
    """

    sio: Any = None
    request: Any = None
    members: set[str] = field(default_factory=set)
    entering: set[str] = field(default_factory=set)
    asked_to_join: int = 0
    over: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    outside_since: float | None = None
    _last: str = "polling"

    def is_idle(self, now: float) -> bool:
        """Return whether it has been in no namespace for too long, given the loop's time."""
        if self.members:
            self.outside_since = None
        elif self.outside_since is None:
            self.outside_since = now
        else:
            return now - self.outside_since > clock.seconds(JOIN_TIMEOUT)
        return False

    @property
    def transport(self) -> str:
        """How its messages travel now: "polling" or "websocket"."""
        socket = self.sio.eio.sockets.get(self.raw)
        return "websocket" if socket is not None and socket.upgraded else "polling"

    @property
    def queued_bytes(self) -> int:
        """The bytes queued for its peer, in the library and in the transport."""
        socket = self.sio.eio.sockets.get(self.raw)
        queued = socket.queue.waiting if socket and isinstance(socket.queue, PacketQueue) else 0
        transport = self.request.transport
        return queued + (0 if transport is None else int(transport.get_write_buffer_size()))

    def notice_upgrade(self) -> bool:
        """Return whether the transport has changed since the last call."""
        before, self._last = self._last, self.transport
        return before != self._last

    @property
    def memberships(self) -> tuple[Membership, ...]:
        """The namespaces that it has joined, in the order of their names."""
        manager = self.sio.manager
        places = []
        for namespace in sorted(manager.get_namespaces()):
            sid = manager.sid_from_eio_sid(self.raw, namespace)
            if sid is not None:
                rooms = (room for room in manager.get_rooms(sid, namespace) if room != sid)
                places.append(Membership(namespace, sid, tuple(sorted(map(str, rooms)))))
        return tuple(places)


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
