"""A Socket.IO server: a learner's `AsyncServer`, an application with some in it, or the chat.

The library's own objects answer. labkit adds the origin policy (`http.Server`), the connections and
failures (`session_events`), answers to requests that the library leaves hanging
(`engineio_requests`), a page for browsers, and a clean end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import engineio
import socketio
from aiohttp import web

from labkit.clock import clock
from labkit.exceptions import LabError
from labkit.transports import http
from labkit.transports.contract import Connection, ServerSettings
from labkit.transports.rate_limit import RateLimit
from labkit.transports.sayable import describe_message
from labkit.transports.settings import CLOSE_TIMEOUT, JOIN_TIMEOUT, MAX_MESSAGE
from labkit.transports.socketio.chat import NAMESPACES, Chat
from labkit.transports.socketio.options import check_options, serve_options
from labkit.transports.socketio.packets import StrictPacket, raise_packet_limit
from labkit.transports.socketio.page.page import SCRIPT_PATHS, add_page
from labkit.transports.socketio.server.async_server import (
    AsyncServer,
    check_framework,
    find_attached_servers,
)
from labkit.transports.socketio.server.engineio_requests import EngineIORequests
from labkit.transports.socketio.server.session_events import SessionEvents
from labkit.transports.socketio.server.sessions import Session


class Server(http.Server):
    """A Socket.IO server.

    Parameters
    ----------
    what
        An `AsyncServer`, an application with one or more in it, or None for the finished chat.
    settings
        The server's settings.
    options
        Passed to `socketio.AsyncServer`, for the finished chat.
    messages_per_second
        The rate at which each client of the finished chat may send; None for no limit.

    Raises
    ------
    LabError
        If an `AsyncServer` was not made for aiohttp.
    """

    protocol = "socketio"
    has_rooms = True
    counts_messages = True
    open_paths = SCRIPT_PATHS

    def __init__(
        self,
        what: socketio.AsyncServer | web.Application | None,
        settings: ServerSettings,
        *,
        options: dict[str, Any] | None = None,
        messages_per_second: float | None = None,
    ) -> None:
        raise_packet_limit()
        if isinstance(what, web.Application):
            app = what
        else:
            check_options(options or {}, "serve", _LIBRARY)
            sio = what or socketio.AsyncServer(**(_defaults() | serve_options(options or {})))
            app = _application(sio, settings.name, self._find_by_key)
        super().__init__(app, settings)
        paths = find_attached_servers(app)
        hosted = {
            sio: SessionEvents(sio, self, is_strict=what is None)
            for sio in dict.fromkeys(paths.values())
        }
        self._hosted = list(hosted.values())
        self._requests = {
            path: EngineIORequests(self, hosted[sio].sessions) for path, sio in paths.items()
        }
        if what is None:
            limit = RateLimit(messages_per_second)
            for namespace in NAMESPACES:
                Chat(self.raw, namespace, self._count, limit, self._hosted[0].rooms.find_session)

    @property
    def raw(self) -> Any:
        """The library's `AsyncServer`; of an application with several, the first."""
        return self._hosted[0].sio

    async def _start(self) -> None:
        """Listen. Raises LabError if the port is not available, or a server is already hosted."""
        await super()._start()
        for each in self._hosted:
            each.attach()

    def _hosted_things(self) -> list[Any]:
        """Return the application and the Socket.IO servers in it."""
        return [*super()._hosted_things(), *(each.sio for each in self._hosted)]

    async def end_connections(self) -> None:
        """Abort the open polls, close each WebSocket with 1001, and end each session.

        No disconnect packet is sent, because it would stop the clients from reconnecting.
        """
        for each in self._hosted:
            each.is_stopping = True
        self.abort_waiting()
        await super().end_connections()
        for each in self._hosted:
            await each.end_all()

    async def _stop(self) -> None:
        """Refuse new clients, and end every connection, within 3 s."""
        if self.running:
            try:
                await super()._stop()
            finally:
                for each in self._hosted:
                    each.library.remove_hooks()

    async def _disconnect(self, connection: Connection) -> None:
        """Send a disconnect packet in each namespace, then close; the client does not reconnect."""
        if not isinstance(connection, Session):
            await super()._disconnect(connection)
            return
        sio = self._find_library(connection)
        for place in connection.memberships:
            await sio.disconnect(place.sid, namespace=place.namespace)
        # the client leaves by itself; a close packet would end the session before its next poll
        await asyncio.wait({connection.over}, timeout=clock.seconds(CLOSE_TIMEOUT))
        await connection.end()

    async def _move(self, connection: Connection, namespace: str, room: str, into: bool) -> None:
        """Move a connection into or out of a room.

        Raises
        ------
        LabError
            If it is not in the namespace, or the room is not a non-empty string.
        """
        sio = self._find_library(connection)
        sids = {place.namespace: place.sid for place in connection.memberships}
        if namespace not in sids:
            raise LabError(f"{connection.name} is not in the namespace {namespace!r}.")
        if not room or not isinstance(room, str):
            raise LabError("A room needs a name.")
        sid = sids[namespace]
        own = {str(each): each for each in sio.rooms(sid, namespace=namespace)}
        if not into and room not in own:
            raise LabError(f"{connection.name} is not in the room {room!r}.")
        change = sio.enter_room if into else sio.leave_room
        try:
            await change(sid, own.get(room, room), namespace=namespace)
        except ValueError as error:
            raise LabError(f"{connection.name} cannot enter the room {room!r}: {error}.") from error

    def _find_library(self, connection: Connection) -> socketio.AsyncServer:
        """Return the library's server of a connection. Raises LabError if it has left."""
        for each in self._hosted:
            if each.sessions.get(connection.raw) is connection:
                return each.sio
        raise LabError(f"{connection.name} has left {self.name!r}.")

    def sweep(self) -> None:
        """Notice upgrades, drop slow readers, and end sessions that join no namespace."""
        super().sweep()
        now = asyncio.get_running_loop().time()
        for each in self._hosted:
            for session in tuple(each.sessions.values()):
                if session.notice_upgrade():
                    self.changes.notify()
                    self.observer.on_upgraded(session)
                if session.is_idle(now) and not session.over.done():
                    why = f"it joined no namespace within {clock.seconds(JOIN_TIMEOUT):g} s"
                    self.log("refused", "a request", why)
                    session.end_soon()

    def _queued_bytes(self, connection: Connection) -> int | None:
        if not isinstance(connection, Session):
            return super()._queued_bytes(connection)
        return None if connection.over.done() else connection.queued_bytes

    def _abort(self, connection: Connection) -> None:
        super()._abort(connection)
        if isinstance(connection, Session):
            connection.end_soon()

    def _find_by_key(self, sid: str) -> Session | None:
        """Return the session with an id in a namespace, which is a page's key."""
        return self._hosted[0].rooms.find_session(sid)

    def _count(self, sid: str, text: Any) -> None:
        connection = self._find_by_key(sid)
        if connection is not None:
            self.log("message", connection.name, describe_message(text))

    # requests

    def counts_as_connection(self, request: web.Request) -> bool:
        """Return whether a WebSocket is a connection: those of Engine.IO belong to a session."""
        requests = self._requests.get(request.path)
        if requests is not None:
            requests.on_upgraded(request)
        return requests is None

    def handle(self, request: web.Request) -> Coroutine[Any, Any, web.StreamResponse]:
        """Let the application answer; requests of Engine.IO are looked at before."""
        requests = self._requests.get(request.path)
        return super().handle(request) if requests is None else requests.answer(request)


_LIBRARY = (socketio.AsyncServer, engineio.AsyncServer)
"""The classes whose options the finished chat takes."""


def _application(
    sio: socketio.AsyncServer, name: str, find: Callable[[str], Connection | None]
) -> web.Application:
    check_framework(sio)
    app = web.Application(client_max_size=AsyncServer(sio).max_body)
    sio.attach(app)
    add_page(app, name, find)
    return app


def _defaults() -> dict[str, Any]:
    """Return the settings of the finished chat: those of the library, made safe."""
    return {
        "async_mode": "aiohttp",
        "serializer": StrictPacket,
        "always_connect": True,  # otherwise events emitted on connect overtake the CONNECT packet
        "cors_allowed_origins": lambda origin, environ: True,  # the origin policy decides
        "max_http_buffer_size": MAX_MESSAGE,
        "http_compression": False,  # it would hide the text on the wire
    }
