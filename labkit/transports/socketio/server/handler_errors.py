"""Errors on a Socket.IO server: invalid packets, and handlers that fail or do not exist.

The library only logs them, or keeps silent, while the peer waits. Here, each is logged with the
name of the connection. If the client is the bench's, its `call` fails at once instead of timing
out. Nothing is sent for that, because the protocol has no such answer.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from labkit.exceptions import LabError
from labkit.loop.exception_groups import describe_exception, leaf_exceptions
from labkit.source_lines import source_line_of_traceback
from labkit.transports.handlers import can_take
from labkit.transports.http import Server
from labkit.transports.socketio.server.async_server import AsyncServer
from labkit.transports.socketio.server.current_request import CurrentRequest
from labkit.transports.socketio.server.sessions import Session


class HandlerErrors:
    """Logs and reports the errors of one server.

    Parameters
    ----------
    is_strict
        Whether the session of a client that violates the protocol is ended, as in the finished
        chat. A learner's server is hosted as it is; there, a handler that fails is the learner's
        mistake.
    """

    def __init__(self, host: Server, library: AsyncServer, is_strict: bool) -> None:
        self._host = host
        self._library = library
        self._is_strict = is_strict

    def on_unhandled(
        self, session: Session | None, event: str, namespace: str, number: int | None
    ) -> None:
        """Handle an event without a handler; `number` is that of its acknowledgement."""
        where = "" if namespace == "/" else f" in {namespace}"
        why = f"there is no handler for the event {event!r}{where}"
        self._host.log("ignored", name_of(session), why)
        if session is not None:
            known = sorted(map(str, self._library.find_handlers(namespace)))
            there = f" There are handlers for: {', '.join(known)}." if known else ""
            self._host.observer.on_handler_failed(session, namespace, number, f"{why}.{there}")

    def on_failed(
        self,
        error: BaseException,
        session: Session | None,
        event: str,
        namespace: str = "/",
        number: int | None = None,
        arguments: Sequence[Any] = (),
    ) -> None:
        """Log that a handler failed, and report it to the client if that is the bench's.

        The handler of an event that was sent may have got too many arguments.
        """
        handler = self._library.find_handlers(namespace).get(event) if arguments else None
        if handler is not None and not self._is_strict:
            error = _mismatch(handler, event, arguments) or error
        text = describe_exception(error)
        if self._is_strict:
            self._host.log("refused", name_of(session), f"{event!r}: {text}")
        else:
            self._host.on_handler_error(error, name_of(session), event)
        if session is not None and event != "disconnect":
            source_line = source_line_of_traceback(leaf_exceptions(error)[0].__traceback__)
            at = f", at {source_line}" if source_line else ""
            why = f"its handler failed with {text}{at}"
            self._host.observer.on_handler_failed(session, namespace, number, why)

    def on_unreadable(self, error: BaseException, request: CurrentRequest) -> None:
        """Log that packets of a request cannot be read, and end the session that sent them."""
        why = str(error) or type(error).__name__
        self._host.log("refused", request.who, f"an invalid packet: {why}")
        if self._is_strict:
            request.is_unreadable = True
            if request.session is not None:
                self._library.expect_no_attachments(request.session.raw)
                request.session.end_soon()

    def on_manager_failed(self, error: BaseException | None, what: str) -> None:
        """Report and log a failure of the communication with other processes."""
        host = self._host
        host.observer.on_error(error, f"client manager of {host.name!r}", what, host)
        host.log("error", "client manager", what)


def _mismatch(handler: Any, event: str, arguments: Sequence[Any]) -> LabError | None:
    """Return the error if a handler cannot take these arguments, None if it can."""
    if can_take(handler, *arguments):
        return None
    called = f"{getattr(handler, '__name__', 'the handler')}{inspect.signature(handler)}"
    count = f"{len(arguments) - 1} argument{'' if len(arguments) == 2 else 's'}"
    return LabError(
        f"the event {event!r} came with {count}; its handler `{called}` gets the session id before "
        f"them, so it must take {len(arguments)} in all"
    )


def name_of(session: Session | None) -> str:
    """Return the name of a session's connection, "a request" for a session that has ended."""
    return "a request" if session is None else session.name
