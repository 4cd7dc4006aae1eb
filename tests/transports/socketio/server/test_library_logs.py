"""Errors that the library logs, taken by the server to which they belong."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, cast

import pytest

from labkit.transports.socketio.server.async_server import make_manager_logger
from labkit.transports.socketio.server.current_request import CurrentRequest, current_request
from labkit.transports.socketio.server.handler_errors import HandlerErrors
from labkit.transports.socketio.server.library_logs import ErrorFilter
from labkit.transports.socketio.server.sessions import Session

logger = logging.getLogger("tests.library_logs")


class Taken(list[Any]):
    """What the errors of one server came to."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        self.filter = ErrorFilter(self.sessions, cast("HandlerErrors", self))

    def on_unreadable(self, error: BaseException, request: CurrentRequest) -> None:
        """Keep an error and the name of the connection."""
        self.append((str(error), request.who))

    def on_manager_failed(self, error: BaseException | None, what: str) -> None:
        """Keep an error and its text."""
        self.append((str(error), what))


@pytest.fixture
def servers() -> Iterator[tuple[Taken, Taken]]:
    """Return what two servers take out of one logger."""
    both = Taken(), Taken()
    for each in both:
        logger.addFilter(each.filter)
    yield both
    for each in both:
        logger.removeFilter(each.filter)


def fail() -> None:
    """Log an error as the library does."""
    try:
        raise ValueError("x")
    except ValueError:
        logger.exception("it failed")


def test_an_error_is_taken_by_the_server_whose_request_it_is(
    servers: tuple[Taken, Taken], caplog: pytest.LogCaptureFixture
) -> None:
    """The other server takes nothing, and nothing is printed, with an exception or without one."""
    before = current_request.set(CurrentRequest("alice", "", servers[1].sessions))
    fail()
    logger.error("a session that is none")
    current_request.reset(before)
    assert servers == ([], [("x", "alice")])
    assert caplog.messages == []


def test_other_records_pass(servers: tuple[Taken, Taken], caplog: pytest.LogCaptureFixture) -> None:
    """What is less loud, and errors that belong to no hosted server."""
    before = current_request.set(CurrentRequest("alice", "", servers[0].sessions))
    logger.warning("mind the gap")
    current_request.reset(before)
    fail()
    assert servers == ([], [])
    assert caplog.messages == ["mind the gap", "it failed"]


def test_an_error_of_a_client_manager(
    servers: tuple[Taken, Taken], caplog: pytest.LogCaptureFixture
) -> None:
    """It is known by the manager's logger, wherever it happens, and by the task that listens."""
    managers = make_manager_logger(logger)
    managers.addFilter(servers[0].filter)
    managers.warning("soon")
    managers.error("nobody there", extra={"redis_exception": "refused"})
    listening = CurrentRequest("", "", servers[1].sessions, is_listening=True)
    before = current_request.set(listening)
    fail()
    current_request.reset(before)
    assert servers == ([("None", "nobody there: refused")], [("x", "it failed")])
    assert caplog.messages == ["soon"]
