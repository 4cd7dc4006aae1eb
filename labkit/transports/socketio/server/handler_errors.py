"""Failures on a Socket.IO server: invalid packets, and handlers that fail or do not exist.

The library only logs them, or keeps silent, while the peer waits. Here, each is logged with the
name of the connection. If the client is the bench's, its `call` fails at once instead of timing
out. Nothing is sent for that, because the protocol has no such answer.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

import socketio

from labkit.exceptions import LabError
from labkit.loop.exception_groups import describe_exception, leaf_exceptions
from labkit.loop.library_logs import record_text
from labkit.source_lines import source_line_of_traceback
from labkit.transports.contract import Connection, Kind, Observer
from labkit.transports.http.sockets import OpenSockets
from labkit.transports.socketio.server.sessions import Session


class Host(Protocol):
    """The labkit server of the instrumented library server."""

    connections: list[Connection]
    open: OpenSockets
    observer: Observer

    def log(self, kind: Kind, who: str, text: str = "") -> None:
        """Write a log entry."""

    def new_connection(
        self, make: Callable[..., Connection], port: int | None, raw: Any
    ) -> Connection:
        """Return a connection with its name."""

    def remove_connection(self, connection: Connection, how: object) -> None:
        """Handle the end of a connection."""

    def on_handler_error(self, error: BaseException, who: str, on: str) -> None:
        """Handle an error in a learner's handler."""

    def on_manager_failed(self, error: BaseException | None, what: str) -> None:
        """Handle a failure of the communication with other processes."""


@dataclass(slots=True)
class Served:
    """A request that is being answered.

    Attributes
    ----------
    who
        The name of its connection.
    sid
        The id of its session, "" if it has none yet.
    unreadable
        Whether the library could not read it, which it only logs.
    """

    who: str
    sid: str = ""
    unreadable: bool = False


serving: ContextVar[Served | None] = ContextVar("serving", default=None)
"""The request that is being answered, also in tasks that were started for it."""


class Failures:
    """Logs and reports the failures of one server.

    Parameters
    ----------
    sio
        The library's server.
    host
        The labkit server to report to.
    sessions
        The connections, by the ids of their sessions.
    end_session
        Ends the session of a client that violates the protocol. None for a learner's server, which
        is hosted as it is: there, a failure of a handler is the learner's mistake.
    """

    def __init__(
        self,
        sio: socketio.AsyncServer,
        host: Host,
        sessions: dict[str, Session],
        end_session: Callable[[str], None] | None,
    ) -> None:
        self._sio = sio
        self._host = host
        self._sessions = sessions
        self._end_session = end_session

    def reading(self, original: Any) -> Any:
        """Return a function that passes a packet to the library, and logs an invalid one.

        It is a plain function, because the library inspects it at each message.
        """

        async def read(eio_sid: str, data: str | bytes) -> None:
            session = self._sessions.get(eio_sid)
            outside = session is not None and not session.members
            asked = 0 if session is None else session.asked_to_join
            try:
                await original(eio_sid, data)
            except Exception as error:
                self._unread(eio_sid, error)
                return
            if session is not None and outside and session.asked_to_join == asked:
                self._host.log("ignored", session.name, "it has not joined a namespace")

        return read

    async def joining(self, original: Any, eio_sid: str, namespace: str | None, data: Any) -> None:
        """Pass a request to join to the library, and log it if there is no such namespace.

        At this point the library has decoded the request, with whatever serializer.
        """
        session = self._sessions.get(eio_sid)
        if session is not None:
            session.asked_to_join += 1
        await original(eio_sid, namespace, data)
        self._look_for_namespace(eio_sid, namespace or "/")
        if session is not None:
            session.entering.clear()

    def _unread(self, eio_sid: str, error: Exception) -> None:
        handler = _handler_in(error)
        if handler:
            self.note(error, eio_sid, handler)
            return
        served = serving.get() or Served(self._who(eio_sid))
        served.sid = eio_sid
        self._on_unreadable(served, str(error) or type(error).__name__)

    def _look_for_namespace(self, eio_sid: str, namespace: str) -> None:
        """Log a request to join a namespace that does not exist."""
        places = (self._sio.handlers, self._sio.namespace_handlers, self._sio.namespaces)
        if self._sio.namespaces != "*" and not any(namespace in each for each in places):
            why = f"there is no namespace {namespace}"
            self._host.log("refused", self._who(eio_sid), why)

    def handling(self, original: Any) -> Any:
        """Return a function that calls the handler of an event, and reports its failure."""

        async def handle(
            server: Any,
            sid: str,
            eio_sid: str,
            data: list[Any],
            namespace: str,
            number: int | None,
        ) -> None:
            event = data[0]
            if not isinstance(event, str):
                why = f"an event name must be a string, not {event!r}"
                self._host.log("refused", self._who(eio_sid), why)
                return
            session = self._sessions.get(eio_sid)
            if session is not None:
                session.received = (session.received or 0) + 1
            if not self._handles(event, namespace):
                self._ignored(eio_sid, event, namespace, number)
            try:
                await original(server, sid, eio_sid, data, namespace, number)
            except Exception as error:
                mismatch = self._mismatch(event, namespace, sid, data[1:])
                self.note(mismatch or error, eio_sid, event, namespace, number)

        return handle

    def _handles(self, event: Any, namespace: str) -> bool:
        for place in (namespace, "*"):
            functions = self._sio.handlers.get(place, ())
            if event in functions or "*" in functions:
                return True
        for place in (namespace, "*"):
            found = self._sio.namespace_handlers.get(place)
            if hasattr(found, "handles"):
                return bool(found.handles(event))
            if found is not None:
                own = type(found).trigger_event is not socketio.AsyncNamespace.trigger_event
                return own or hasattr(found, f"on_{event}")
        return False

    def _ignored(self, eio_sid: str, event: Any, namespace: str, number: int | None) -> None:
        where = "" if namespace == "/" else f" in {namespace}"
        why = f"there is no handler for the event {event!r}{where}"
        self._host.log("ignored", self._who(eio_sid), why)
        session = self._sessions.get(eio_sid)
        if session is not None:
            known = sorted(map(str, self._sio.handlers.get(namespace, ())))
            there = f" There are handlers for: {', '.join(known)}." if known else ""
            self._host.observer.on_handler_failed(session, namespace, number, f"{why}.{there}")

    def _mismatch(
        self, event: Any, namespace: str, sid: str, arguments: list[Any]
    ) -> LabError | None:
        """Return the error if a handler cannot take these arguments, None if it can."""
        handler = self._sio.handlers.get(namespace, {}).get(event)
        if handler is None:
            return None
        try:
            signature = inspect.signature(handler)
            signature.bind(sid, *arguments)
        except TypeError:
            name = getattr(handler, "__name__", "the handler")
            count = f"{len(arguments)} argument{'' if len(arguments) == 1 else 's'}"
            return LabError(
                f"the event {event!r} came with {count}; its handler `{name}{signature}` gets the "
                f"session id before them, so it must take {len(arguments) + 1} in all"
            )
        except ValueError:
            return None
        return None

    def note(
        self,
        error: BaseException,
        eio_sid: str,
        event: Any,
        namespace: str = "/",
        number: int | None = None,
    ) -> None:
        """Log that a handler failed, and report it to the client if that is the bench's."""
        who = self._who(eio_sid)
        text = describe_exception(error)
        if self._end_session is not None:
            self._host.log("refused", who, f"{event!r}: {text}")
        else:
            self._host.on_handler_error(error, who, str(event))
        session = self._sessions.get(eio_sid)
        if session is not None and event != "disconnect":
            source_line = source_line_of_traceback(leaf_exceptions(error)[0].__traceback__)
            at = f", at {source_line}" if source_line else ""
            why = f"its handler failed with {text}{at}"
            self._host.observer.on_handler_failed(session, namespace, number, why)

    def take_servers(self, record: logging.LogRecord) -> None:
        """Log an error record of the library's server.

        It is a peer's fault; without an exception, the answer to the request says it too. A
        learner's mistakes are never logged here. An exception is the task that listens for other
        processes, because it inherited the context of the first request.
        """
        listener = getattr(self._sio.manager, "thread", None)
        if listener is not None and listener is asyncio.current_task():
            self.take_managers(record)
        elif record.exc_info and record.exc_info[1] is not None:
            served = serving.get() or Served("a request")
            self._on_unreadable(served, str(record.exc_info[1]))

    def take_managers(self, record: logging.LogRecord) -> None:
        """Report an error record of a client manager: it cannot reach the other processes."""
        error = record.exc_info[1] if record.exc_info else None
        self._host.on_manager_failed(error, record_text(record))

    def _on_unreadable(self, served: Served, why: str) -> None:
        """Log packets that cannot be read, and end the session that sent them."""
        served.unreadable = True
        self._host.log("refused", served.who, f"an invalid packet: {why}")
        if self._end_session is not None and served.sid:
            self._sio._binary_packet.pop(served.sid, None)
            self._end_session(served.sid)

    def _who(self, eio_sid: str) -> str:
        session = self._sessions.get(eio_sid)
        return session.name if session else "a request"


_CALLERS = {
    socketio.AsyncServer._trigger_event.__code__: "connect",
    socketio.AsyncManager.trigger_callback.__code__: "acknowledgement",
}
"""The functions in which the library calls a learner's handlers while it decodes a packet."""


def _handler_in(error: BaseException) -> str:
    """Return the handler that raised an error, "" if the packet could not be read."""
    handler, traceback = "", error.__traceback__
    while traceback is not None:
        handler = _CALLERS.get(traceback.tb_frame.f_code, handler)
        traceback = traceback.tb_next
    return handler
