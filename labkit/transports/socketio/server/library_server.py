"""What labkit asks of the library's server, and how it ends what the library keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import engineio
import socketio
from aiohttp import web

from labkit.clock import clock
from labkit.exceptions import LabError
from labkit.transports.contract import Membership
from labkit.transports.http.server import CANCEL_TIMEOUT
from labkit.transports.settings import CLOSE_TIMEOUT
from labkit.transports.socketio.server.packet_queue import PacketQueue


class LibraryServer:
    """A server of the library's, with the names that labkit uses of it.

    Parameters
    ----------
    sio
        The library's object.
    """

    def __init__(self, sio: socketio.AsyncServer) -> None:
        self.sio = sio

    @property
    def max_body(self) -> int:
        """The most bytes of a polling body, as of a message."""
        return int(self.sio.eio.max_http_buffer_size)

    # handlers

    def has_namespace(self, namespace: str) -> bool:
        """Return whether a namespace can be joined."""
        sio = self.sio
        places = (sio.handlers, sio.namespace_handlers, sio.namespaces)
        return sio.namespaces == "*" or any(namespace in each for each in places)

    def find_handlers(self, namespace: str) -> dict[str, Any]:
        """Return the functions for the events of a namespace, by the names of the events."""
        found: dict[str, Any] = self.sio.handlers.get(namespace, {})
        return found

    def handles(self, event: str, namespace: str) -> bool:
        """Return whether an event has a handler."""
        for place in (namespace, "*"):
            functions = self.sio.handlers.get(place, ())
            if event in functions or "*" in functions:
                return True
        for place in (namespace, "*"):
            found = self.sio.namespace_handlers.get(place)
            if found is not None:
                own = type(found).trigger_event is not socketio.AsyncNamespace.trigger_event
                return own or hasattr(found, f"on_{event}")
        return False

    # sessions

    def transport_of(self, eio_sid: str) -> str:
        """Return how a session's messages travel now: "polling" or "websocket"."""
        socket = self.sio.eio.sockets.get(eio_sid)
        return "websocket" if socket is not None and socket.upgraded else "polling"

    def queued_bytes_of(self, eio_sid: str) -> int:
        """Return the bytes that are queued for a session."""
        socket = self.sio.eio.sockets.get(eio_sid)
        queue = None if socket is None else socket.queue
        return queue.waiting if isinstance(queue, PacketQueue) else 0

    def memberships_of(self, eio_sid: str) -> tuple[Membership, ...]:
        """Return the namespaces that a session has joined, in the order of their names."""
        manager = self.sio.manager
        places = []
        for namespace in sorted(manager.get_namespaces()):
            sid = manager.sid_from_eio_sid(eio_sid, namespace)
            if sid is not None:
                rooms = (room for room in manager.get_rooms(sid, namespace) if room != sid)
                places.append(Membership(namespace, sid, tuple(sorted(map(str, rooms)))))
        return tuple(places)

    def find_sid(self, eio_sid: str, namespace: str) -> str | None:
        """Return a session's id in a namespace that it has joined, None if it has not."""
        manager = self.sio.manager
        sid: str | None = manager.sid_from_eio_sid(eio_sid, namespace)
        return sid if manager.is_connected(sid, namespace) else None

    def is_connected(self, sid: str, namespace: str) -> bool:
        """Return whether a session id is in its namespace, and neither enters nor leaves it."""
        return bool(self.sio.manager.is_connected(sid, namespace))

    def is_in_room(self, sid: str, namespace: str, room: Any) -> bool:
        """Return whether a session id is in a room; the room None is the whole namespace."""
        return sid in self.sio.manager.rooms.get(namespace, {}).get(room, ())

    def read_packet(self, eio_sid: str, data: str | bytes) -> Awaitable[None]:
        """Read a packet of a session, which may call handlers."""
        reading: Awaitable[None] = self.sio.eio.handlers["message"](eio_sid, data)
        return reading

    # endings

    async def forget(self, sid: str, namespace: str) -> None:
        """Remove a session id whose session has ended."""
        await self.sio.manager.disconnect(sid, namespace, ignore_queue=True)

    def expect_no_attachments(self, eio_sid: str) -> None:
        """Forget a session's incomplete packet."""
        self.sio._binary_packet.pop(eio_sid, None)

    async def end(self, eio_sid: str) -> None:
        """End a session from the server's side: a close packet, then the connection."""
        socket = self.sio.eio.sockets.get(eio_sid)
        if socket is not None:
            await socket.close(wait=False, reason=self.sio.reason.SERVER_DISCONNECT)

    def end_poll(self, eio_sid: str) -> None:
        """End the open poll of a session that has ended, which the library would leave waiting."""
        socket = self.sio.eio.sockets.get(eio_sid)
        if socket is not None:  # after the close packet, if there is one
            asyncio.get_running_loop().call_soon(socket.queue.put_nowait, None)

    async def end_all(self, tasks: set[asyncio.Task[Any]]) -> None:
        """End the rest of every session without sending anything, and the library's tasks.

        Handlers get 2 s (scaled) to end, and are then cancelled. Afterwards the same server can be
        hosted again.

        Parameters
        ----------
        tasks
            Tasks that the library has started, and that have not ended.
        """
        eio = self.sio.eio
        closing = {
            asyncio.ensure_future(
                socket.close(wait=False, abort=True, reason=eio.reason.SERVER_DISCONNECT)
            )
            for socket in eio.sockets.values()
        }
        if closing:
            await asyncio.wait(closing, timeout=clock.seconds(CLOSE_TIMEOUT))
        eio.sockets.clear()
        if eio.service_task_handle is not None and eio.service_task_event is not None:
            await self.sio.shutdown()
        eio.service_task_handle = eio.service_task_event = None
        eio.start_service_task = True
        self.sio.manager_initialized = False
        left = {*tasks, *closing} - {asyncio.current_task()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=CANCEL_TIMEOUT)


def find_attached_servers(app: web.Application) -> dict[str, socketio.AsyncServer]:
    """Return the Socket.IO servers of an application, and of its parts, by their paths."""
    found: dict[str, socketio.AsyncServer] = {}
    for route in app.router.routes():
        eio = getattr(route.handler, "__self__", None)
        if isinstance(eio, engineio.AsyncServer) and route.resource is not None:
            sio = getattr(eio.handlers.get("connect"), "__self__", None)
            if isinstance(sio, socketio.AsyncServer):
                found[route.resource.canonical] = sio
    return found


def check_framework(sio: socketio.AsyncServer) -> None:
    """Raise LabError for a server that was not made for aiohttp."""
    if sio.async_mode != "aiohttp":
        raise LabError(
            f"This Socket.IO server was made for {sio.async_mode!r}, but labkit hosts with "
            'aiohttp. Make it with `socketio.AsyncServer(async_mode="aiohttp")`.'
        )
