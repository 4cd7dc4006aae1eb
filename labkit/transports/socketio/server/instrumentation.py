"""Instrumentation of one of the library's Socket.IO servers while it is hosted.

Its hooks run when a session begins or ends, joins a namespace, enters a room, or makes a handler
fail; they are removed when the server stops. Messages pass untouched. The library's own
instrumentation (`sio.instrument`) is unsuitable: it opens a namespace `/admin` on the network,
which anyone may join, and changes the library's classes for the whole process.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import socketio

from labkit.protocols.reasons import Reason
from labkit.transports.http import Server
from labkit.transports.http.sockets import client_port
from labkit.transports.socketio.server.aiohttp_driver import make_driver
from labkit.transports.socketio.server.background_tasks import BackgroundTasks
from labkit.transports.socketio.server.handler_errors import HandlerErrors, name_of
from labkit.transports.socketio.server.library_logs import ErrorFilter, make_manager_logger
from labkit.transports.socketio.server.library_server import LibraryServer
from labkit.transports.socketio.server.packet_queue import PacketQueue
from labkit.transports.socketio.server.replacements import Replacements
from labkit.transports.socketio.server.room_changes import RoomChanges
from labkit.transports.socketio.server.served_requests import ServedRequest, serving
from labkit.transports.socketio.server.sessions import Session


class Instrumentation:
    """The instrumentation of a server.

    Parameters
    ----------
    sio
        The library's server.
    host
        The labkit server to report to.
    is_strict
        Whether the session of a client that violates the protocol is ended, as in the finished
        chat.

    Attributes
    ----------
    sessions
        The sessions, by their ids.
    rooms
        The namespaces and rooms that the sessions are in.
    is_stopping
        Whether the server stops, which is then the reason of each end.
    """

    def __init__(self, sio: socketio.AsyncServer, host: Server, is_strict: bool) -> None:
        self.sio = sio
        self.library = LibraryServer(sio)
        self.sessions: dict[str, Session] = {}
        self.is_stopping = False
        self.rooms = RoomChanges(host, self.library, self.sessions)
        self._host = host
        self._errors = HandlerErrors(host, self.library, is_strict)
        self._tasks = BackgroundTasks(sio.manager, self.sessions)
        self._filter = ErrorFilter(
            self.sessions, self._errors.on_unreadable, self._errors.on_manager_failed
        )
        self._replacements = Replacements()

    # hosting

    def attach(self) -> None:
        """Install the hooks."""
        self.is_stopping = False
        sio, eio, manager, change = self.sio, self.sio.eio, self.sio.manager, self._replacements
        change.wrap(eio, "_trigger_event", self._on_engineio_event)
        change.replace(eio, "_async", make_driver(eio._async, self.library.max_body))
        change.replace(eio, "create_queue", lambda *a, **k: PacketQueue(*a, **k))
        change.wrap(eio, "start_background_task", self._tasks.start)
        change.wrap(sio, "_handle_connect", self._on_join_request)
        change.replace(sio, "_handle_event_internal", self._handling(sio._handle_event_internal))
        change.replace(sio, "_trigger_event", self._triggering(sio._trigger_event))
        change.wrap(manager, "trigger_callback", self._acknowledge)
        change.wrap(manager, "basic_enter_room", self.rooms.enter)
        change.wrap(manager, "basic_leave_room", self.rooms.leave)
        self._take_errors()

    def _take_errors(self) -> None:
        sio, change = self.sio, self._replacements
        loggers = [sio.logger, sio.eio.logger]
        base = sio.manager.logger or sio.logger
        if isinstance(base, logging.Logger):
            loggers.append(make_manager_logger(base))
            change.replace(sio.manager, "logger", loggers[-1])
        for logger in dict.fromkeys(loggers):
            if isinstance(logger, logging.Logger):
                change.add_filter(logger, self._filter)

    def detach(self) -> None:
        """Remove the hooks, and restore what was there before."""
        self._replacements.undo()

    async def end_all(self) -> None:
        """End the rest of every session, and the library's tasks, without sending anything."""
        await self.library.end_all(self._tasks.running)

    # sessions

    async def _on_engineio_event(
        self, original: Any, event: str, eio_sid: str, *arguments: Any, run_async: bool = False
    ) -> Any:
        """Pass an event of Engine.IO to Socket.IO, as the library does."""
        if event == "message":
            if run_async:
                self._tasks.read(self._read(eio_sid, *arguments))
            else:
                await self._read(eio_sid, *arguments)
            return None
        if event == "connect":
            self._on_opened(eio_sid, *arguments)
        if event == "disconnect":
            return await self._end(original, eio_sid, *arguments)
        return await original(event, eio_sid, *arguments)

    def _on_opened(self, eio_sid: str, environ: dict[str, Any]) -> None:
        request = environ["aiohttp.request"]
        make = partial(Session, library=self.library, request=request)
        session = self._host.new_connection(make, client_port(request), eio_sid)
        assert isinstance(session, Session)
        self.sessions[eio_sid] = session
        served = serving.get()
        if served is not None:
            served.who, served.sid = session.name, eio_sid

    async def _end(self, original: Any, eio_sid: str, reason: str) -> None:
        """Let the library end a session."""
        if self.is_stopping:  # whichever side of the connection broke first
            reason = self.sio.reason.SERVER_DISCONNECT
        session = self.sessions[eio_sid]
        if not session.over.done():
            session.over.set_result(None)
        try:
            await original("disconnect", eio_sid, reason)
        finally:
            del self.sessions[eio_sid]
            if session.members:  # the handler of an earlier end has not returned
                earlier = [session.leaving.get(sid) for sid in session.members]
                session.members.clear()
                self._host.remove_connection(session, next(filter(None, earlier), Reason(reason)))
            self.library.end_poll(eio_sid)

    # packets

    async def _read(self, eio_sid: str, data: str | bytes) -> None:
        """Pass a packet to the library, and log an invalid one."""
        session = self.sessions.get(eio_sid)
        outside = session is not None and not session.members
        asked = 0 if session is None else session.join_requests
        try:
            await self.library.read_packet(eio_sid, data)
        except Exception as error:
            if session is not None and any(error is each for each in session.join_errors):
                self._errors.on_failed(error, session, "connect")
                return
            request = serving.get() or ServedRequest(name_of(session), eio_sid, self.sessions)
            request.sid = eio_sid
            self._errors.on_unreadable(error, request)
            return
        if session is not None and outside and session.join_requests == asked:
            self._host.log("ignored", session.name, "it has not joined a namespace")

    async def _on_join_request(
        self, original: Any, eio_sid: str, namespace: str | None, data: Any
    ) -> None:
        """Pass a request to join to the library, and log whether it succeeds.

        At this point the library has decoded the request, with whatever serializer.
        """
        place = namespace or "/"
        session = self.sessions.get(eio_sid)
        if session is not None:
            session.join_requests += 1
            session.join_errors.clear()
        try:
            await original(eio_sid, namespace, data)
        finally:
            if session is not None:
                session.entering.clear()
        if not self.library.has_namespace(place):
            self._host.log("refused", name_of(session), f"there is no namespace {place}")
        sid = self.library.find_sid(eio_sid, place)
        if sid is not None and self.rooms.find_session(sid) is None:
            await self.library.forget(sid, place)  # it ended while its connect handler ran
        elif sid is not None and session is not None:
            self.rooms.note_join(session, sid, place)

    # handlers

    def _handling(self, original: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        """Return a function that lets the handler of an event run, and reports its failure."""

        async def handle(
            server: Any,
            sid: str,
            eio_sid: str,
            data: list[Any],
            namespace: str,
            number: int | None,
        ) -> None:
            event, session, errors = data[0], self.sessions.get(eio_sid), self._errors
            if not isinstance(event, str):
                why = f"an event name must be a string, not {event!r}"
                self._host.log("refused", name_of(session), why)
                return
            if session is not None:
                session.received = (session.received or 0) + 1
            if not self.library.handles(event, namespace):
                errors.on_unhandled(session, event, namespace, number)
            try:
                await original(server, sid, eio_sid, data, namespace, number)
            except Exception as error:
                errors.on_event_failed(error, session, namespace, number, sid, event, data[1:])

        return handle

    def _triggering(self, original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """Return a function that calls a handler, and knows those of connect and disconnect.

        It returns the library's own coroutine for all others.
        """

        def trigger(event: str, namespace: str, *arguments: Any) -> Awaitable[Any]:
            if event == "connect":
                return self._connect(original, namespace, *arguments)
            if event == "disconnect":
                return self._disconnect(original, namespace, *arguments)
            return original(event, namespace, *arguments)

        return trigger

    async def _connect(self, original: Any, namespace: str, sid: str, *arguments: Any) -> Any:
        """Call a connect handler; with `always_connect`, the connection has joined before."""
        session = self.rooms.find_session(sid)
        is_new = session is not None and sid not in session.members
        if session is not None and is_new and self.library.is_connected(sid, namespace):
            self.rooms.note_join(session, sid, namespace)
            session.entering.add(sid)
        try:
            return await original("connect", namespace, sid, *arguments)
        except Exception as error:
            if session is not None:
                session.join_errors.append(error)
            raise

    async def _disconnect(self, original: Any, namespace: str, sid: str, *arguments: Any) -> Any:
        """Call a disconnect handler; if it fails, the library still has to forget the session."""
        session = self.rooms.find_session(sid)
        if session is None or self.library.is_connected(sid, namespace):  # a forged event
            return await original("disconnect", namespace, sid, *arguments)
        session.leaving.setdefault(sid, Reason(arguments[0]))
        try:
            return await original("disconnect", namespace, sid, *arguments)
        except Exception as error:
            by_server = arguments[0] == self.sio.reason.SERVER_DISCONNECT
            if by_server and not session.over.done():
                raise  # to whoever called `sio.disconnect`
            self._errors.on_failed(error, session, "disconnect")

    async def _acknowledge(self, original: Any, sid: str, number: int, data: Any) -> None:
        """Call the function that takes an acknowledgement."""
        try:
            await original(sid, number, data)
        except Exception as error:
            self._errors.on_failed(error, self.rooms.find_session(sid), "acknowledgement")
