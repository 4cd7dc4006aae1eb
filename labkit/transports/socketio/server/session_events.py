"""What happens to the sessions of a hosted Socket.IO server, as hooks of the library see it.

A session begins or ends, joins a namespace, sends a packet, or makes a handler fail. Messages pass
untouched.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import socketio

from labkit.loop.lifetime import current_lifetime
from labkit.protocols.reasons import Reason
from labkit.transports.http import Server
from labkit.transports.http.sockets import client_port
from labkit.transports.socketio.server.async_server import AsyncServer
from labkit.transports.socketio.server.background_tasks import BackgroundTasks
from labkit.transports.socketio.server.current_request import CurrentRequest, current_request
from labkit.transports.socketio.server.handler_errors import HandlerErrors, name_of
from labkit.transports.socketio.server.library_logs import ErrorFilter
from labkit.transports.socketio.server.room_changes import RoomChanges
from labkit.transports.socketio.server.sessions import Session, Sessions


class SessionEvents:
    """The events of one server's sessions.

    Attributes
    ----------
    is_stopping
        Whether the server stops, which is then the reason of each end.
    """

    def __init__(self, sio: socketio.AsyncServer, host: Server, is_strict: bool) -> None:
        self.sio = sio
        self.library = library = AsyncServer(sio)
        self.sessions = Sessions(library)
        self.is_stopping = False
        self.rooms = RoomChanges(host, self.sessions)
        self._host = host
        self._errors = HandlerErrors(host, library, is_strict)
        self._tasks = BackgroundTasks(self.sessions)
        self._filter = ErrorFilter(self.sessions, self._errors)

    # hosting

    def attach(self) -> None:
        """Install the hooks."""
        self.is_stopping = False
        self.library.add_hooks(
            opened=self._open,
            message=self._read,
            ended=self._end,
            background_task=self._tasks.start,
            join_request=self._on_join_request,
            event=self._handling,
            handler=self._triggering,
            acknowledgement=self._acknowledge,
            entering=self.rooms.enter,
            leaving=self.rooms.leave,
            log=self._filter,
        )

    async def end_all(self) -> None:
        """End the rest of every session, and the library's tasks, without sending anything."""
        await self.library.end_all(self._tasks.running)

    # sessions

    async def _open(self, original: Any, eio_sid: str, environ: dict[str, Any]) -> Any:
        """Let the library open a session."""
        request = self.library.request_of(environ)
        make = partial(Session, library=self.library, request=request)
        session = self._host.new_connection(make, client_port(request), eio_sid)
        assert isinstance(session, Session)
        self.sessions[eio_sid] = session
        served = current_request.get()
        if served is not None:
            served.who, served.sid = session.name, eio_sid
        return await original(eio_sid, environ)

    async def _end(self, original: Any, eio_sid: str, reason: str) -> None:
        """Let the library end a session."""
        if self.is_stopping:  # whichever side of the connection broke first
            reason = self.sio.reason.SERVER_DISCONNECT
        session = self.sessions[eio_sid]
        if not session.over.done():
            session.over.set_result(None)
        try:
            await original(eio_sid, reason)
        finally:
            del self.sessions[eio_sid]
            session.lifetime.is_over = True
            if session.members:  # the handler of an earlier end has not returned
                earlier = [session.leaving.get(sid) for sid in session.members]
                session.members.clear()
                self._host.remove_connection(session, next(filter(None, earlier), Reason(reason)))
            self.library.end_poll(eio_sid)

    # packets

    async def _read(self, original: Any, eio_sid: str, data: str | bytes) -> None:
        """Pass a packet to the library, and log an invalid one."""
        session = self.sessions.get(eio_sid)
        outside = session is not None and not session.members
        asked = 0 if session is None else session.join_requests
        before = current_lifetime.set(session.lifetime if session else None)
        try:
            await original(eio_sid, data)
        except Exception as error:
            request = current_request.get() or CurrentRequest(
                name_of(session), eio_sid, self.sessions
            )
            request.sid = eio_sid
            self._errors.on_unreadable(error, request)
            return
        finally:
            current_lifetime.reset(before)
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
        try:
            await original(eio_sid, namespace, data)
        except Exception as error:
            self._errors.on_failed(error, session, "connect")
            return
        finally:
            if session is not None:
                session.entering.clear()
        if not self.library.has_namespace(place):
            self._host.log("refused", name_of(session), f"there is no namespace {place}")
        sid = self.library.find_sid(eio_sid, place)
        if sid is not None and self.rooms.find_session(sid) is None:
            # it ended while its connect handler ran
            await self.library.manager.disconnect(sid, place, ignore_queue=True)
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
                errors.on_failed(error, session, event, namespace, number, (sid, *data[1:]))

        return handle

    def _triggering(self, original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """Return a function that calls a handler, and knows those of connect and disconnect.

        It returns the library's own coroutine for all others.
        """

        def trigger(event: str, namespace: str, *arguments: Any) -> Awaitable[Any]:
            if event == "connect":
                self._on_connect_handler(namespace, arguments[0])
            if event == "disconnect":
                return self._disconnect(original, namespace, *arguments)
            return original(event, namespace, *arguments)

        return trigger

    def _on_connect_handler(self, namespace: str, sid: str) -> None:
        """Note that a connection has joined before its handler runs, with `always_connect`."""
        session = self.rooms.find_session(sid)
        is_new = session is not None and sid not in session.members
        if session is not None and is_new and self.library.is_connected(sid, namespace):
            self.rooms.note_join(session, sid, namespace)
            session.entering.add(sid)

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
