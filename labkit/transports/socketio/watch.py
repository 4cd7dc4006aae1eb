"""Watches one Socket.IO server of the library's while it is hosted.

It takes part where guests come, go, enter a room or make a handler fail, and is put aside again when
the server stops. Messages pass it untouched. The library's own instrumentation (`sio.instrument`)
does not serve here: it opens a namespace `/admin` on the network, which anybody may join, and changes
classes of the library for the whole process.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import partial
from typing import Any, Protocol

import socketio

from labkit.cells import place_of_traceback
from labkit.exceptions import LabError
from labkit.protocols.reasons import Reason
from labkit.transports.contract import Guest, Kind
from labkit.transports.socketio.bodies import with_whole_bodies
from labkit.transports.socketio.session import CountedQueue, Session
from labkit.transports.web.server import port_of

LONGEST = 200
"""Characters of a reason that are kept: part of it comes from a stranger."""


class Host(Protocol):
    """What a watch tells the server of the bench."""

    guests: list[Guest]

    def note(self, kind: Kind, who: str, text: str = "") -> None:
        """Keep an event."""

    def arrive(self, make: Callable[..., Guest], port: int | None, raw: Any) -> Guest:
        """Return a guest with its name."""

    def gone(self, guest: Guest, how: object) -> None:
        """Take note that a guest has left."""

    def failed(self, error: BaseException, who: str, on: str) -> None:
        """Take note of a mistake in a learner's handler."""


class Watch:
    """Watches a server.

    Parameters
    ----------
    sio
        The library's server.
    host
        Who is told.
    finished
        Whether it is a finished chat: then no failure of a handler is a learner's mistake, and who
        sends what breaks the rules is shown the door.
    """

    def __init__(self, sio: socketio.AsyncServer, host: Host, finished: bool) -> None:
        self.sio = sio
        self.sessions: dict[str, Session] = {}
        self._host = host
        self._finished = finished
        self._members: set[str] = set()  # ids of those who have joined a namespace
        self._reasons: dict[str, Reason] = {}
        self._by_server: set[str] = set()
        self._former: list[Callable[[], None]] = []

    # hosting

    def attach(self) -> None:
        """Begin to watch."""
        eio, manager = self.sio.eio, self.sio.manager
        self._former.append(partial(eio.handlers.update, dict(eio.handlers)))
        for event, watched in (
            ("connect", self._came),
            ("message", self._said),
            ("disconnect", self._went),
        ):
            eio.handlers[event] = partial(watched, eio.handlers[event])
        driver = with_whole_bodies(eio._async, lambda: int(eio.max_http_buffer_size))
        self._replace(eio, "_async", driver)
        self._replace(eio, "create_queue", lambda *a, **k: CountedQueue(*a, **k))
        self._replace(self.sio, "disconnect", partial(self._disconnect, self.sio.disconnect))
        self._replace(
            self.sio,
            "_handle_event_internal",
            partial(self._handle, self.sio._handle_event_internal),
        )
        self._replace(manager, "connect", partial(self._joined, manager.connect))
        self._replace(manager, "disconnect", partial(self._left, manager.disconnect))
        for name in ("basic_enter_room", "basic_leave_room"):
            self._replace(manager, name, partial(self._moved, getattr(manager, name), name))
        for owner in (eio, self.sio):
            if isinstance(owner.logger, logging.Logger):
                self._replace(owner, "logger", self._ledger(owner.logger))

    def detach(self) -> None:
        """Watch no longer, and put back what was there before."""
        while self._former:
            self._former.pop()()

    def _replace(self, owner: Any, name: str, new: Any) -> None:
        """Set an attribute of an object; `detach` brings back what was there."""
        had = name in vars(owner)
        former = getattr(owner, name)
        setattr(owner, name, new)
        self._former.append(
            partial(setattr, owner, name, former) if had else partial(delattr, owner, name)
        )

    def _ledger(self, logger: logging.Logger) -> logging.Logger:
        """Return a logger that tells errors to the host, and passes on all else.

        What the library logs as an error is a peer's fault, told at the request that caused it; the
        learner's own mistakes never come this way.
        """
        ledger = logging.Logger(f"{logger.name}.labkit")
        ledger.parent = logger
        ledger.addFilter(self._logged)
        return ledger

    def _logged(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.ERROR:
            return True
        if record.exc_info and record.exc_info[1] is not None:
            self._host.note("refused", serving.get(), _cut(f"{record.exc_info[1]}"))
        return False

    # sessions

    async def _came(self, original: Any, eio_sid: str, environ: dict[str, Any]) -> Any:
        request = environ["aiohttp.request"]
        make = partial(Session, sio=self.sio, request=request)
        guest = self._host.arrive(make, port_of(request), eio_sid)
        assert isinstance(guest, Session)
        self.sessions[eio_sid] = guest
        return await original(eio_sid, environ)

    async def _went(self, original: Any, eio_sid: str, reason: str) -> None:
        self._reasons[eio_sid] = Reason(reason)
        over = self.sessions[eio_sid].over
        if not over.done():
            over.set_result(None)
        try:
            await original(eio_sid, reason)
        except Exception as error:
            self._failed(error, eio_sid, "disconnect", ())
            await self._forget(eio_sid)
        finally:
            self._reasons.pop(eio_sid, None)
            self.sessions.pop(eio_sid, None)
            socket = self.sio.eio.sockets.get(eio_sid)
            if socket is not None:
                # behind the close packet, if there is one; the library lets an open poll wait
                asyncio.get_running_loop().call_soon(socket.queue.put_nowait, None)

    async def _forget(self, eio_sid: str) -> None:
        """Take a guest out of the library's tables, which a failing handler leaves as they are."""
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

    async def disconnect(self, session: Session) -> None:
        """Tell a guest, in each of its namespaces, that the server ends it; then end its session."""
        for place in session.memberships:
            await self.sio.disconnect(place.sid, namespace=place.namespace)
        await self.end(session.raw)

    async def end_all(self) -> None:
        """End what is left of every session, without a word, and all tasks of the library."""
        eio = self.sio.eio
        for socket in list(eio.sockets.values()):
            await socket.close(wait=False, abort=True, reason=eio.reason.SERVER_DISCONNECT)
        eio.sockets.clear()
        if eio.service_task_handle is not None and eio.service_task_event is not None:
            await self.sio.shutdown()
        eio.service_task_handle = eio.service_task_event = None
        eio.start_service_task = True  # so that the same server can be hosted again
        tasks = list(self._tasks())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _tasks(self) -> Iterator[asyncio.Task[Any]]:
        """Yield the library's own tasks for this server, of which it keeps no list."""
        eio = self.sio.eio
        for task in asyncio.all_tasks():
            frame = getattr(task.get_coro(), "cr_frame", None)
            if frame is None or "engineio" not in frame.f_code.co_filename:
                continue
            owner = frame.f_locals.get("self")
            if owner is eio or getattr(owner, "server", None) is eio:
                yield task

    def who(self, eio_sid: str) -> str:
        """Return the name of a session's guest."""
        session = self.sessions.get(eio_sid)
        return session.name if session else "a request"

    # namespaces and rooms

    def _eio_sid(self, sid: str, namespace: str) -> str:
        with contextlib.suppress(KeyError):
            return str(self.sio.manager.eio_sid_from_sid(sid, namespace))
        return ""

    async def _joined(self, original: Any, sid: str, namespace: str) -> Any:
        result = await original(sid, namespace)
        session = self.sessions.get(self._eio_sid(sid, namespace))
        if session is not None and sid not in self._members:
            self._members.add(sid)
            where = "" if namespace == "/" else f"namespace {namespace}"
            if session in self._host.guests:
                self._host.note("joined", session.name, where or "namespace /")
            else:
                self._host.guests.append(session)
                self._host.note("connected", session.name, where)
        return result

    async def _left(self, original: Any, sid: str, namespace: str, **options: Any) -> Any:
        eio_sid = self._eio_sid(sid, namespace)
        result = await original(sid, namespace, **options)
        session = self.sessions.get(eio_sid)
        if session is None:
            return result
        if sid not in self._members:
            why = f"the connect handler refused it in namespace {namespace}"
            self._host.note("refused", session.name, why)
            return result
        self._members.discard(sid)
        self._tell_rooms(session)
        if session.memberships:
            self._host.note("left", session.name, f"namespace {namespace}")
        else:
            reasons = self.sio.reason
            own = reasons.SERVER_DISCONNECT if sid in self._by_server else None
            reason = self._reasons.get(eio_sid) or Reason(own or reasons.CLIENT_DISCONNECT)
            self._host.gone(session, str(reason))
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
        name: str,
        sid: str,
        namespace: str,
        room: Any,
        **options: Any,
    ) -> Any:
        manager = self.sio.manager
        before = sid in manager.rooms.get(namespace, {}).get(room, ())
        session = self.sessions.get(self._eio_sid(sid, namespace))
        result = original(sid, namespace, room, **options)
        after = sid in manager.rooms.get(namespace, {}).get(room, ())
        leaving = sid in manager.pending_disconnect.get(namespace, ())
        if session is not None and before != after and room not in (None, sid) and not leaving:
            where = f"room {room}" if namespace == "/" else f"room {room} of {namespace}"
            self._tell_rooms(session)
            self._host.note("joined" if after else "left", session.name, _cut(where))
        return result

    def _tell_rooms(self, session: Session) -> None:
        if session.client is not None:
            rooms = tuple(room for place in session.memberships for room in place.rooms)
            session.client.in_rooms(rooms)

    # handlers

    async def _said(self, original: Any, eio_sid: str, data: str | bytes) -> None:
        try:
            await original(eio_sid, data)
        except Exception as error:
            if self._in_handler(error):
                self._failed(error, eio_sid, "connect", ())
                return
            self._host.note("refused", self.who(eio_sid), _cut(f"a packet that is none: {error}"))
            if self._finished:
                self.sio._binary_packet.pop(eio_sid, None)
                await self.end(eio_sid)

    def _in_handler(self, error: BaseException) -> bool:
        """Whether an error came out of a handler, not out of a packet that cannot be read."""
        traceback = error.__traceback__
        while traceback is not None:
            if traceback.tb_frame.f_code is _TRIGGER:
                return True
            traceback = traceback.tb_next
        return False

    async def _handle(
        self,
        original: Any,
        server: Any,
        sid: str,
        eio_sid: str,
        data: list[Any],
        namespace: str,
        number: int | None,
    ) -> None:
        event, *arguments = data
        if not self._handles(event, namespace):
            self._ignored(eio_sid, event, namespace, number)
        try:
            await original(server, sid, eio_sid, data, namespace, number)
        except Exception as error:
            mismatch = self._mismatch(event, namespace, sid, arguments)
            self._failed(mismatch or error, eio_sid, event, (namespace, number))

    def _handles(self, event: Any, namespace: str) -> bool:
        for place in (namespace, "*"):
            functions = self.sio.handlers.get(place, ())
            if event in functions or "*" in functions:
                return True
        for place in (namespace, "*"):
            found = self.sio.namespace_handlers.get(place)
            if hasattr(found, "handles"):
                return bool(found.handles(event))
            if found is not None:
                own = type(found).trigger_event is not socketio.AsyncNamespace.trigger_event
                return own or hasattr(found, f"on_{event}")
        return False

    def _ignored(self, eio_sid: str, event: Any, namespace: str, number: int | None) -> None:
        where = "" if namespace == "/" else f" in {namespace}"
        why = _cut(f"nobody handles the event {event!r}{where}")
        self._host.note("ignored", self.who(eio_sid), why)
        session = self.sessions.get(eio_sid)
        if session is not None and session.client is not None:
            known = sorted(map(str, self.sio.handlers.get(namespace, ())))
            there = f" There are handlers for: {', '.join(known)}." if known else ""
            session.client.handler_failed(namespace, number, f"{why}.{there}")

    def _mismatch(
        self, event: Any, namespace: str, sid: str, arguments: list[Any]
    ) -> LabError | None:
        """Return what is wrong if a handler cannot take so many arguments."""
        handler = self.sio.handlers.get(namespace, {}).get(event)
        if handler is None:
            return None
        try:
            signature = inspect.signature(handler)
            signature.bind(sid, *arguments)
        except TypeError:
            name = getattr(handler, "__name__", "the handler")
            count = f"{len(arguments)} argument{'' if len(arguments) == 1 else 's'}"
            return LabError(
                f"the event {event!r} came with {count}; its handler is `{name}{signature}`, "
                "and the first of these is the session's id"
            )
        except ValueError:
            return None
        return None

    def _failed(
        self,
        error: BaseException,
        eio_sid: str,
        event: Any,
        asked: tuple[str, int | None] | tuple[()],
    ) -> None:
        who = self.who(eio_sid)
        if self._finished:
            self._host.note("error", who, _cut(f"{event!r}: {type(error).__name__}: {error}"))
        else:
            self._host.failed(error, who, str(event))
        session = self.sessions.get(eio_sid)
        if session is not None and session.client is not None and event != "disconnect":
            place = place_of_traceback(error.__traceback__)
            at = f", at {place}" if place else ""
            namespace, number = asked or ("/", None)
            session.client.handler_failed(namespace, number, f"{type(error).__name__}: {error}{at}")


_TRIGGER = socketio.AsyncServer._trigger_event.__code__

serving: ContextVar[str] = ContextVar("serving", default="a request")
"""From whom the request is that is being answered."""


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
