"""A guest of a Socket.IO server: one Engine.IO session, with its places in namespaces."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import socketio
from engineio.packet import Packet

from labkit.transports.contract import Guest, Membership


@dataclass
class Session(Guest):
    """A guest, whose state is read from the library whenever somebody looks.

    Attributes
    ----------
    sio
        The server whose guest it is.
    request
        The HTTP request with which the session began, later that of its WebSocket.
    joined
        How many namespaces it is in.
    over
        Done when the session has ended.
    """

    sio: Any = None
    request: Any = None
    joined: int = 0
    over: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    _last: str = "polling"

    @property
    def transport(self) -> str:
        """How its messages travel now: "polling" or "websocket"."""
        socket = self.sio.eio.sockets.get(self.raw)
        return "websocket" if socket is not None and socket.upgraded else "polling"

    def upgrade_is_new(self) -> bool:
        """Whether the transport is another one than at the last call."""
        before, self._last = self._last, self.transport
        return before != self._last

    @property
    def memberships(self) -> tuple[Membership, ...]:
        """Its places in namespaces, in the order of their names."""
        manager = self.sio.manager
        places = []
        for namespace in sorted(manager.get_namespaces()):
            sid = manager.sid_from_eio_sid(self.raw, namespace)
            if sid is not None:
                rooms = (room for room in manager.get_rooms(sid, namespace) if room != sid)
                places.append(Membership(namespace, sid, tuple(sorted(map(str, rooms)))))
        return tuple(places)


class PacketQueue(asyncio.Queue[Any]):
    """The queue of packets for one guest, which can tell how many bytes wait in it.

    What is emitted to several guests is one packet, which remembers how it was encoded first: as
    bytes for a WebSocket or as base64 for a polling body, and the next guest gets the same. So a
    binary packet is copied here for each guest. (`_put` is a method of `asyncio.Queue` that its
    source names as one to override, and `_queue` is what it fills.)
    """

    _queue: deque[Any]

    def _put(self, item: Any) -> None:
        if item is not None and item.binary:
            item = Packet(item.packet_type, item.data)
        self._queue.append(item)

    @property
    def waiting(self) -> int:
        """Bytes that wait: counted when somebody asks, not at each message."""
        data = (getattr(item, "data", None) for item in self._queue)
        return sum(len(each) for each in data if isinstance(each, (str, bytes)))


def waiting(sio: socketio.AsyncServer, session: Session) -> int:
    """Return how many bytes wait for a guest, in the library and in the transport."""
    socket = sio.eio.sockets.get(session.raw)
    queued = socket.queue.waiting if socket and isinstance(socket.queue, PacketQueue) else 0
    transport = session.request.transport
    return queued + (0 if transport is None else int(transport.get_write_buffer_size()))
