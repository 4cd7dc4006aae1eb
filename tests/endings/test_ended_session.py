"""A session that ended: what its rows say of the end."""

from __future__ import annotations

from labkit.endings.ended_session import KEEPALIVE, EndedSession
from labkit.trace.rows import Row
from tests.support.rows import DOWN, UP, close, numbered, row


def case(*rows: Row, **known: object) -> EndedSession:
    """Return a case of alice's; rows are numbered in their order."""
    return EndedSession(numbered(*rows), "alice", "chat", **known)  # type: ignore[arg-type]


def test_the_end_is_a_fin_after_which_the_server_says_nothing_elsewhere() -> None:
    """After an upgrade the first connection closes, and the session goes on over the second."""
    first, second = row(UP, "half-closed", connection=1), row(DOWN, "half-closed", connection=2)
    assert case(first, row(DOWN, "text", connection=2), second).end is second
    assert case(row(DOWN, "text", connection=2), first, second).end is first
    assert case(row("", "cut")).end is None


def test_a_request_that_nobody_answers_is_no_session_that_goes_on() -> None:
    """A polling client asks once more over another connection, when its server has died."""
    died = row(DOWN, "half-closed", connection=1)
    asked, reset = row(UP, "request", connection=2), row(DOWN, "reset", connection=2)
    assert case(died, asked, reset).end is died


def test_silence_is_no_reason() -> None:
    """A close frame that follows a missed heartbeat says no more than that."""
    assert case(close(UP, 1000)).was_told
    assert not case(close(UP, 1011, KEEPALIVE), close(DOWN, 1000)).was_told
    assert not case(close(DOWN, 1000), protocol="socketio").was_told
    assert case(row(UP, "disconnect"), close(DOWN, 1000), protocol="socketio").was_told
    assert not case().was_told


def test_what_came_too_late_is_missing_too() -> None:
    """It entered the link before the server ended the session, and left it afterwards."""
    held, late, passed = row(UP, "text", fate="held"), row(UP, "text", fate="late"), row(UP, "text")
    assert case(held, late, passed, server_saw_at=1.0).missing == [held, late]
    assert case(held, late, passed).missing == [held]
    assert case(late, server_saw_at=-1.0).missing == []


def test_a_pong_that_came_too_late_is_no_answer() -> None:
    """Nor is one that never arrived, or a pong of the same side."""
    ping = row(DOWN, "ping")
    assert case(ping, row(UP, "pong")).unanswered == []
    for pong in (row(UP, "pong", fate="late"), row(UP, "pong", fate="held"), row(DOWN, "pong")):
        assert case(ping, pong, server_saw_at=1.0).unanswered == [ping]


def test_what_became_of_a_heartbeat() -> None:
    """Why it is evidence: it is held, left too late, was answered too late, or not at all."""
    pings = row(DOWN, "ping", fate="late"), row(UP, "ping", fate="held"), row(UP, "ping")
    silent = case(*pings, row(DOWN, "pong"), close(DOWN, 1011, KEEPALIVE), server_saw_at=1.0)
    words = [silent.describe_fate(each) for each in silent.rows]
    assert words == ["unanswered", "held in the link", "", "", ""]
    answered = case(pings[0], row(UP, "pong", fate="late"), server_saw_at=1.0)
    words = [answered.describe_fate(each) for each in answered.rows]
    assert words == ["answered too late", "left the link too late"]


def test_only_faults_that_acted_are_named() -> None:
    """Not one that was removed before, acts the other way or elsewhere, or had other values."""
    held = row(UP, "text", fate="held")
    slow, hole = row("", "fault added", "Latency(1)"), row(UP, "fault added", "BlackHole()")
    gone = row("", "fault removed", "Latency(1)")
    assert case(slow, gone, hole, held, row(UP, "fault removed", "BlackHole()")).faults_on(
        [held]
    ) == [hole]
    slower = row("", "fault changed", "Latency(9)")
    assert case(slow, slower, held).faults_on([held]) == [slower]
    away = row(DOWN, "fault added", "BlackHole()")
    elsewhere = row(UP, "fault added", "BlackHole()", connection=2)
    assert case(away, elsewhere, held).faults_on([held]) == []
