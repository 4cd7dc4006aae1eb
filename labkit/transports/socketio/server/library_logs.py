"""The errors that the library logs, taken instead of printed between a learner's cells."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from labkit.loop.library_logs import record_text
from labkit.transports.socketio.server.async_server import OF_MANAGERS
from labkit.transports.socketio.server.current_request import CurrentRequest, current_request
from labkit.transports.socketio.server.handler_errors import HandlerErrors
from labkit.transports.socketio.server.sessions import Session

_NO_REQUEST = CurrentRequest("", "", {})


class ErrorFilter(logging.Filter):
    """Takes the errors of one server out of the library's loggers, which all servers share.

    What is logged while one of the server's requests is answered is a peer's fault; without an
    exception, the answer to the request says it too. A learner's mistakes are never logged. What a
    client manager logs, or the task in which it listens, is a failure to reach other processes.
    """

    def __init__(self, sessions: Mapping[str, Session], errors: HandlerErrors) -> None:
        super().__init__()
        self._sessions = sessions
        self._errors = errors

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record passes: all but the server's errors do."""
        if record.levelno < logging.ERROR:
            return True
        request = current_request.get() or _NO_REQUEST
        is_own = request.sessions is self._sessions
        error = record.exc_info[1] if record.exc_info else None
        if record.name.endswith(OF_MANAGERS) or (is_own and request.is_listening):
            self._errors.on_manager_failed(error, record_text(record))
            return False
        if is_own and error is not None:
            self._errors.on_unreadable(error, request)
        return not is_own
