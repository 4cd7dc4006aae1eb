"""A Socket.IO server: a learner's `AsyncServer`, an application with some in it, or the chat.

The library's own objects answer. labkit adds the origin policy (`http.Server`), the connections and
failures (`instrumentation`), answers to requests that the library leaves hanging (`request_guard`),
a page for browsers, and a clean end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import Any

import engineio
import socketio
from aiohttp import web

from labkit.clock import clock
from labkit.exceptions import LabError
from labkit.transports import http
from labkit.transports.contract import Connection, ServerSettings
from labkit.transports.rate_limit import RateLimit
from labkit.transports.settings import JOIN_TIMEOUT, MAX_MESSAGE
from labkit.transports.socketio.chat import Chat
from labkit.transports.socketio.options import check_options, serve_options
from labkit.transports.socketio.packets import StrictPacket, raise_packet_limit
from labkit.transports.socketio.page.page import SCRIPT_PATHS, add_page
from labkit.transports.socketio.server.instrumentation import Watch
from labkit.transports.socketio.server.request_guard import Gate
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
            app = _application(sio, settings.name)
        super().__init__(app, settings)
        servers = find_attached_servers(app)
        self._watches = [
            Watch(sio, self, finished=what is None) for sio in dict.fromkeys(servers.values())
        ]
        gates = {watch.sio: Gate(watch, self) for watch in self._watches}
        self._gates = {path: gates[sio] for path, sio in servers.items()}
        if what is None:
            Chat(self.raw, self._count, RateLimit(messages_per_second), self._session)

    @property
    def raw(self) -> Any:
        """The library's `AsyncServer`; of an application with several, the first."""
        return self._watches[0].sio

    async def _start(self) -> None:
        """Listen. Raises LabError if the port is not available, or a server is already hosted."""
        await super()._start()
        for watch in self._watches:
            watch.attach()

    def _hosted_things(self) -> list[Any]:
        """Return the application and the Socket.IO servers in it."""
        return [*super()._hosted_things(), *(watch.sio for watch in self._watches)]

    async def end_connections(self) -> None:
        """Abort the open polls, close each WebSocket with 1001, and end each session.

        No disconnect packet is sent, because it would stop the clients from reconnecting.
        """
        for watch in self._watches:
            watch.stopping = True
        for gate in self._gates.values():
            gate.cut_polls()
        await super().end_connections()
        for watch in self._watches:
            await watch.end_all()

    async def _stop(self) -> None:
        """Refuse new clients, and end every connection, within 3 s."""
        if self.running:
            try:
                await super()._stop()
            finally:
                for watch in self._watches:
                    watch.detach()

    async def _disconnect(self, connection: Connection) -> None:
        """Send a disconnect packet in each namespace, then close; the client does not reconnect."""
        if not isinstance(connection, Session):
            await super()._disconnect(connection)
            return
        watch, session = self._watched(connection)
        await watch.disconnect(session)

    async def _move(self, connection: Connection, namespace: str, room: str, into: bool) -> None:
        """Move a connection into or out of a room.

        Raises
        ------
        LabError
            If it is not in the namespace, or the room is not a non-empty string.
        """
        watch, session = self._watched(connection)
        sids = {place.namespace: place.sid for place in session.memberships}
        if namespace not in sids:
            raise LabError(f"{connection.name} is not in the namespace {namespace!r}.")
        if not room or not isinstance(room, str):
            raise LabError("A room needs a name.")
        sid = sids[namespace]
        own = {str(each): each for each in watch.sio.rooms(sid, namespace=namespace)}
        if not into and room not in own:
            raise LabError(f"{connection.name} is not in the room {room!r}.")
        change = watch.sio.enter_room if into else watch.sio.leave_room
        try:
            await change(sid, own.get(room, room), namespace=namespace)
        except ValueError as error:
            raise LabError(f"{connection.name} cannot enter the room {room!r}: {error}.") from error

    def _watched(self, connection: Connection) -> tuple[Watch, Session]:
        for watch in self._watches:
            session = watch.sessions.get(connection.raw)
            if session is connection:
                return watch, session
        raise LabError(f"{connection.name} has left {self.name!r}.")

    def sweep(self) -> None:
        """Notice upgrades, drop slow readers, and end sessions that join no namespace."""
        super().sweep()
        now = asyncio.get_running_loop().time()
        for watch in self._watches:
            for session in tuple(watch.sessions.values()):
                if session.notice_upgrade():
                    self.changes.notify()
                    self.observer.on_upgraded(session)
                if session.is_idle(now) and not session.over.done():
                    why = f"it joined no namespace within {clock.seconds(JOIN_TIMEOUT):g} s"
                    self.log("refused", "a request", why)
                    watch.end_soon(session.raw)

    def _queued_bytes(self, connection: Connection) -> int | None:
        if not isinstance(connection, Session):
            return super()._queued_bytes(connection)
        return None if connection.over.done() else connection.queued_bytes

    def _abort(self, connection: Connection) -> None:
        if not isinstance(connection, Session):
            super()._abort(connection)
            return
        if connection.request.transport is not None:
            connection.request.transport.abort()
        watch, session = self._watched(connection)
        watch.end_soon(session.raw)

    def on_manager_failed(self, error: BaseException | None, what: str) -> None:
        """Report and log a failure of the communication with other processes."""
        self.observer.on_error(error, f"client manager of {self.name!r}", what, self)
        self.log("error", "client manager", what)

    def _count(self, namespace: str, sid: str, text: Any) -> None:
        connection = self._session(namespace, sid)
        if connection is not None:
            self.log("message", connection.name, _described(text))

    def _session(self, namespace: str, sid: str) -> Session | None:
        return self._watches[0].find_session(sid, namespace)

    # requests

    def on_socket_lost(self, protocol: web.RequestHandler) -> None:
        """Handle the end of a connection, perhaps in the middle of a poll."""
        for gate in self._gates.values():
            gate.on_socket_lost(protocol)

    def counts_as_connection(self, request: web.Request) -> bool:
        """Return whether a WebSocket is a connection: those of Engine.IO belong to a session."""
        gate = self._gates.get(request.path)
        if gate is not None:
            gate.upgraded(request)
        return gate is None

    def handle(self, request: web.Request) -> Coroutine[Any, Any, web.StreamResponse]:
        """Let the application answer; requests of Engine.IO pass their request guard."""
        gate = self._gates.get(request.path)
        return super().handle(request) if gate is None else gate.handle(request)


_LIBRARY = (socketio.AsyncServer, engineio.AsyncServer)
"""The classes whose options the finished chat takes."""


def find_attached_servers(app: web.Application) -> dict[str, Any]:
    """Return the Socket.IO servers of an application, and of its parts, by their paths."""
    found: dict[str, Any] = {}
    for route in app.router.routes():
        eio = getattr(route.handler, "__self__", None)
        on_connect = getattr(eio, "handlers", {}).get("connect")
        if isinstance(on_connect, partial):  # it is hosted now, and so instrumented
            on_connect = on_connect.args[0]
        sio = getattr(on_connect, "__self__", None)
        if isinstance(sio, socketio.AsyncServer) and route.resource is not None:
            found[route.resource.canonical] = sio
    return found


def _application(sio: socketio.AsyncServer, name: str) -> web.Application:
    if sio.async_mode != "aiohttp":
        raise LabError(
            f"This Socket.IO server was made for {sio.async_mode!r}, but labkit hosts with "
            'aiohttp. Make it with `socketio.AsyncServer(async_mode="aiohttp")`.'
        )
    app = web.Application()
    sio.attach(app)
    add_page(app, name)
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


def _described(text: Any) -> str:
    if isinstance(text, str):
        return f"text, {len(text)} characters"
    if isinstance(text, bytes):
        return f"binary, {len(text)} bytes"
    return f"JSON, {type(text).__name__}"
