"""What a server knows of one client."""

from __future__ import annotations

import asyncio

import pytest

from labkit.transports.http.chat.server import session as module
from labkit.transports.http.chat.server.session import ChatConnection, Session


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the time that sessions see."""
    time = [100.0]
    monkeypatch.setattr(module, "_now", lambda: time[0])
    return time


def test_a_connection_says_how_its_messages_travel() -> None:
    """It may change."""
    connection = ChatConnection(1, "alice", 0.0, "a" * 16, way="polling")
    connection.way = "event stream"
    assert connection.transport == "event stream"


def test_who_asks_no_more_has_left(now: list[float]) -> None:
    """After three intervals of the usual length, or of its own if that is longer."""
    session = Session("a" * 16)
    session.on_listening()
    session.on_answered()
    now[0] += 3
    assert not session.is_absent()
    now[0] += 0.1
    assert session.is_absent()
    session.on_listening()
    session.on_answered()
    now[0] += 9
    assert not session.is_absent()
    now[0] += 0.5
    assert session.is_absent()


def test_who_listens_is_there(now: list[float]) -> None:
    """However long; and who says something was seen."""
    session = Session("a" * 16)
    session.listener = object()  # type: ignore[assignment]
    now[0] += 1000
    assert not session.is_absent()
    session.listener = None
    assert session.is_absent()
    session.on_request()
    assert not session.is_absent()


def test_who_has_left_is_remembered_for_a_while(now: list[float]) -> None:
    """30 s; whoever is there is not forgotten."""
    session = Session("a" * 16)
    session.connection = ChatConnection(1, "alice", 0.0, "a" * 16)
    now[0] += 31
    assert not session.is_forgotten()
    session.connection = None
    assert session.is_forgotten()
    session.on_request()
    assert not session.is_forgotten()


async def test_private_messages_are_bounded() -> None:
    """A client that never asks for them fills no memory."""
    session = Session("a" * 16)
    session.private.extend(str(number) for number in range(100))
    assert len(session.private) == module.MAX_PRIVATE
    assert session.is_absent() is False and asyncio.get_running_loop().time() > 0
