"""Instrumentation of one of the library's Socket.IO servers while it is hosted.

Its hooks run when a connection comes, goes, enters a room, or makes a handler fail; they are
removed when the server stops. Messages pass untouched. The library's own instrumentation
(`sio.instrument`) is unsuitable: it opens a namespace `/admin` on the network, which anyone may
join, and changes the library's classes for the whole process.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from functools import partial
from typing import Any

import socketio

from labkit.clock import clock
from labkit.protocols.reasons import Reason
from labkit.transports.http.server import CANCEL_TIMEOUT
from labkit.transports.http.sockets import client_port
from labkit.transports.settings import CLOSE_TIMEOUT
from labkit.transports.socketio.server.aiohttp_driver import (
    PoliteWebSocket,
    make_whole_body_driver,
)
from labkit.transports.socketio.server.handler_errors import Failures, Host, serving
from labkit.transports.socketio.server.library_logs import divert_errors
from labkit.transports.socketio.server.packet_queue import PacketQueue
from labkit.transports.socketio.server.replacements import Patches
from labkit.transports.socketio.server.sessions import Session


class Watch:
    """The instrumentation of a server.

    Parameters
    ----------
    sio
        The library's server.
    host
        The labkit server to report to.
    finished
        Whether it is a finished chat: then a handler's failure is not a learner's mistake, and a
        client that violates the protocol is disconnected.
    """

    def __init__(self, sio: socketio.AsyncServer, host: Host, finished: bool) -> None:
        self.sio = sio
        self.finished = finished
        self.sessions: dict[str, Session] = {}
        self._host = host
        self._failures = Failures(sio, host, self.sessions, self.end_soon if finished else None)
        self._ending: set[asyncio.Future[None]] = set()
        self._reasons: dict[str, Reason] = {}
        self._by_server: set[str] = set()
        self.stopping = False
        self._patches = Patches()

    @property
    def max_body(self) -> int:
        """The most bytes of a polling body, as of a message."""
        return int(self.sio.eio.max_http_buffer_size)

    # hosting

    def attach(self) -> None:
        """Install the hooks."""
        self.stopping = False
        eio, manager, patches = self.sio.eio, self.sio.manager, self._patches
        patches.wrap_item(eio.handlers, "connect", self._came)
        reading = self._failures.reading(eio.handlers["message"])
        patches.replace_item(eio.handlers, "message", reading)
        patches.wrap_item(eio.handlers, "disconnect", self._went)
        driver = make_whole_body_driver(eio._async, lambda: self.max_body)
        patches.replace(eio, "_async", {**driver, "websocket": PoliteWebSocket})
        patches.replace(eio, "create_queue", lambda *a, **k: PacketQueue(*a, **k))
        patches.wrap(self.sio, "disconnect", self._disconnect)
        patches.wrap(self.sio, "_handle_connect", self._failures.joining)
        handling = self._failures.handling(self.sio._handle_event_internal)
        patches.replace(self.sio, "_handle_event_internal", handling)
        patches.wrap(manager, "connect", self._joined)
        patches.wrap(manager, "disconnect", self._left)
        patches.wrap(manager, "basic_enter_room", self._moved)
        patches.wrap(manager, "basic_leave_room", self._moved)
        loggers = (
            (manager, manager.logger or self.sio.logger, self._failures.take_managers),
            (eio, eio.logger, self._failures.take_servers),
            (self.sio, self.sio.logger, self._failures.take_servers),
        )
        for owner, logger, take in loggers:
            if isinstance(logger, logging.Logger):
                patches.replace(owner, "logger", divert_errors(logger, take))

    def detach(self) -> None:
        """Remove the hooks, and restore what was there before."""
        self._patches.undo()

    # sessions

    async def _came(self, original: Any, eio_sid: str, environ: dict[str, Any]) -> Any:
        request = environ["aiohttp.request"]
        make = partial(Session, sio=self.sio, request=request)
        connection = self._host.new_connection(make, client_port(request), eio_sid)
        assert isinstance(connection, Session)
        self.sessions[eio_sid] = connection
        served = serving.get()
        if served is not None:
            served.who, served.sid = connection.name, eio_sid
        return await original(eio_sid, environ)

    async def _went(self, original: Any, eio_sid: str, reason: str) -> None:
        if self.stopping:  # whichever side of the connection broke first
            reason = self.sio.reason.SERVER_DISCONNECT
        self._reasons[eio_sid] = Reason(reason)
        over = self.sessions[eio_sid].over
        if not over.done():
            over.set_result(None)
        try:
            await original(eio_sid, reason)
        except Exception as error:
            self._failures.note(error, eio_sid, "disconnect")
            await self._forget(eio_sid)
        finally:
            self._reasons.pop(eio_sid, None)
            session = self.sessions.pop(eio_sid)
            if session.members:  # a handler for the library's own disconnect has not returned
                by_server = session.members & self._by_server
                session.members.clear()
                told = self.sio.reason.SERVER_DISCONNECT if by_server else reason
                self._host.remove_connection(session, told)
            socket = self.sio.eio.sockets.get(eio_sid)
            if socket is not None:
                # after the close packet, if there is one: the library would leave a poll waiting
                asyncio.get_running_loop().call_soon(socket.queue.put_nowait, None)

    async def _forget(self, eio_sid: str) -> None:
        """Remove a session from the library's tables, where a failing handler leaves it."""
        manager = self.sio.manager
        for namespace in list(manager.get_namespaces()):
            sid = manager.sid_from_eio_sid(eio_sid, namespace)
            if sid is not None:
                await manager.disconnect(sid, namespace, ignore_queue=True)
        self.sio.environ.pop(eio_sid, None)

    async def end(self, eio_sid: str) -> None:
        """End a session from the server's side: a close packet, then the connection."""
        socket = self.sio.eio.sockets.get(eio_sid)
        if socket is not None:
            await socket.close(wait=False, reason=self.sio.reason.SERVER_DISCONNECT)

    def end_soon(self, eio_sid: str) -> None:
        """End a session as `end` does, without waiting for it."""
        ending = asyncio.ensure_future(self.end(eio_sid))
        self._ending.add(ending)  # the loop itself holds tasks weakly
        ending.add_done_callback(self._ending.discard)

    async def disconnect(self, session: Session) -> None:
        """Send a disconnect packet in each namespace of a connection; then end its session."""
        for place in session.memberships:
            await self.sio.disconnect(place.sid, namespace=place.namespace)
        # the client leaves by itself; a close packet would end the session before its next poll
        await asyncio.wait({session.over}, timeout=clock.seconds(CLOSE_TIMEOUT))
        await self.end(session.raw)

    async def end_all(self) -> None:
        """End the rest of every session without sending anything, and the library's tasks.

        Handlers get 2 s (scaled) to end, and are then cancelled.
        """
        eio = self.sio.eio
        closing = [
            asyncio.ensure_future(
                socket.close(wait=False, abort=True, reason=eio.reason.SERVER_DISCONNECT)
            )
            for socket in eio.sockets.values()
        ]
        if closing:
            await asyncio.wait(closing, timeout=clock.seconds(CLOSE_TIMEOUT))
        eio.sockets.clear()
        if eio.service_task_handle is not None and eio.service_task_event is not None:
            await self.sio.shutdown()
        eio.service_task_handle = eio.service_task_event = None
        # so that the same server can be hosted again
        eio.start_service_task = True
        self.sio.manager_initialized = False
        left = {*self._tasks(), *closing} - {asyncio.current_task()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=CANCEL_TIMEOUT)

    def _tasks(self) -> Iterator[asyncio.Task[Any]]:
        """Yield the library's tasks for this server, of which it keeps no list.

        They include handlers that have not returned, and the task in which a client manager listens
        for other processes; they do not include the learner's tasks.
        """
        listener = getattr(self.sio.manager, "thread", None)
        eio = self.sio.eio
        for task in asyncio.all_tasks():
            frame = getattr(task.get_coro(), "cr_frame", None)
            owner = None if frame is None else frame.f_locals.get("self")
            own = owner is eio or owner is self._failures or getattr(owner, "server", None) is eio
            if own or task is listener:
                yield task

    def session_name(self, eio_sid: str) -> str:
        """Return the name of a session's connection."""
        session = self.sessions.get(eio_sid)
        return session.name if session else "a request"

    # namespaces and rooms

    def find_session(self, sid: str, namespace: str) -> Session | None:
        """Return a session by its id in a namespace, None if there is none."""
        return self.sessions.get(self._eio_sid(sid, namespace))

    def _eio_sid(self, sid: str, namespace: str) -> str:
        with contextlib.suppress(KeyError):
            return str(self.sio.manager.eio_sid_from_sid(sid, namespace))
        return ""

    async def _joined(self, original: Any, sid: str, namespace: str) -> Any:
        result = await original(sid, namespace)
        session = self.find_session(sid, namespace)
        if session is None:  # it ended while its connect handler ran
            await self.sio.manager.disconnect(sid, namespace, ignore_queue=True)
        elif sid not in session.members:
            session.members.add(sid)
            session.entering.add(sid)
            where = "" if namespace == "/" else f"namespace {namespace}"
            if session in self._host.connections:
                self._host.log("joined", session.name, where or "namespace /")
            else:
                self._host.connections.append(session)
                self._host.log("connected", session.name, where)
        return result

    async def _left(self, original: Any, sid: str, namespace: str, **options: Any) -> Any:
        eio_sid = self._eio_sid(sid, namespace)
        result = await original(sid, namespace, **options)
        session = self.sessions.get(eio_sid)
        if session is None:
            return result
        refused = sid in session.entering  # it was let in before its connect handler ran
        if sid not in session.members:
            why = f"the connect handler refused it in namespace {namespace}"
            self._host.log("refused", session.name, why)
            return result
        session.members.discard(sid)
        session.entering.discard(sid)
        self._report_rooms(session)
        if session.members:
            self._host.log("left", session.name, f"namespace {namespace}")
        else:
            reasons = self.sio.reason
            own = reasons.SERVER_DISCONNECT if refused or sid in self._by_server else None
            reason = self._reasons.get(eio_sid) or Reason(own or reasons.CLIENT_DISCONNECT)
            code = self._host.open.code_of(session.request)
            abnormal = code not in (None, 1000, 1001)
            below = f"; the WebSocket below: {code}" if abnormal else ""
            self._host.remove_connection(session, f"{reason!s}{below}")
        return result

    async def _disconnect(
        self, original: Any, sid: str, namespace: str | None = None, **options: Any
    ) -> Any:
        self._by_server.add(sid)
        try:
            return await original(sid, namespace=namespace, **options)
        finally:
            self._by_server.discard(sid)

    def _moved(
        self,
        original: Any,
        sid: str,
        namespace: str,
        room: Any,
        **options: Any,
    ) -> Any:
        manager = self.sio.manager
        before = sid in manager.rooms.get(namespace, {}).get(room, ())
        session = self.find_session(sid, namespace)
        result = original(sid, namespace, room, **options)
        after = sid in manager.rooms.get(namespace, {}).get(room, ())
        leaving = sid in manager.pending_disconnect.get(namespace, ())
        if session is not None and before != after and room not in (None, sid) and not leaving:
            where = f"room {room}" if namespace == "/" else f"room {room} of {namespace}"
            self._report_rooms(session)
            self._host.log("joined" if after else "left", session.name, where)
        return result

    def _report_rooms(self, session: Session) -> None:
        rooms = tuple(room for place in session.memberships for room in place.rooms)
        self._host.observer.on_rooms(session, rooms)
