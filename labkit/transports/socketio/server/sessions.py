"""A connection of a Socket.IO server: one Engine.IO session, with its namespaces and rooms."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from labkit.clock import clock
from labkit.transports.contract import Connection, Membership
from labkit.transports.settings import JOIN_TIMEOUT
from labkit.transports.socketio.server.packet_queue import PacketQueue


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
