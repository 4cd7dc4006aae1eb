"""Why a session ended: the rules, each by the rows that decide it."""

from __future__ import annotations

import pytest

from labkit.endings.ended_session import KEEPALIVE, EndedSession
from labkit.endings.verdict import CANNOT_TELL, SILENT, decide
from labkit.trace.rows import Row
from tests.support.rows import DOWN, UP, Direction, close, numbered, row
from tests.support.streams import GET, LAST_CHUNK, asks, stream_head
from tests.support.traces import recorded

POLL = asks("/messages?client=CLIENT")
STOPPED = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"


def why(*rows: Row, **known: object) -> str:
    """Return the verdict's sentence; rows are numbered in their order."""
    return decide(EndedSession(numbered(*rows), "alice", "chat", **known)).why  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row("", "cut"), row(UP, "closed")], "The link was cut: its plug was pulled."),
        ([row("", "cut", "BlackHole(seconds=2)")], "The link was cut by BlackHole(seconds=2)."),
        ([row("", "reset")], "The link reset the connection."),
        ([row(UP, "closed", "LimitData(50)")], "The link closed the connection by LimitData(50)."),
        ([close(UP, 1000), row("", "cut")], "alice closed first, with a close frame: 1000"),
        ([close(DOWN, 1001), close(UP, 1001)], "The server chat closed first"),
        ([close(DOWN, 1009, "at most 5 bytes")], "1009 (message too big), 'at most 5 bytes'"),
        ([close(DOWN, 1011)], "The server chat closed with 1011: its handler failed."),
        ([close(UP, 1011, "keepalive ping timeout")], "alice got no answer to a heartbeat"),
        ([row(UP, "disconnect", "namespace /")], "alice disconnected, and said so in a packet."),
        (
            [row(DOWN, "response", packets=("event", "disconnect"))],
            "The server chat disconnected, and said so in a packet.",
        ),
        ([row(DOWN, "response", packets=("close",))], "The server chat disconnected, and said so"),
        (
            [row(DOWN, "response", '["a; disconnect"; Engine.IO close]', packets=("event",))],
            "The record of the link does not show why.",
        ),
        ([row(DOWN, "half-closed")], "The server chat ended the connection first, with a FIN"),
        ([row(UP, "reset")], "alice ended the connection first, with an RST"),
        ([row(UP, "text", "hello")], "The record of the link does not show why."),
    ],
)
def test_the_evidence_decides(rows: list[Row], words: str) -> None:
    """The link's own acts, then close frames and packets by who came first, then FIN and RST."""
    assert words in why(*rows)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row("", "cut")], "its plug was pulled. Both sides got a FIN, as if a process had died."),
        ([row("", "reset")], "The link reset the connection. Both sides got an RST."),
        (
            [row(UP, "request", "DELETE /clients/… HTTP/1.1"), row(UP, "half-closed")],
            "alice disconnected, and said so in a request.",
        ),
        (
            [row(DOWN, "half-closed")],
            "The server chat ended the connection first, with a FIN (half-",
        ),
        ([row(UP, "half-closed")], "alice gave up: nothing had come from the server for too long."),
        (
            [row("", "refused", "the server 'chat' is stopped")],
            "alice could not send its next request: the server 'chat' is stopped.",
        ),
    ],
)
def test_over_http_there_is_no_close_frame(rows: list[Row], words: str) -> None:
    """A client leaves by a request, and a client that ends its connection had waited in vain."""
    said = why(*rows, protocol="longpoll")
    assert said.endswith(words) or said.startswith(words)
    assert "close frame" not in said


@pytest.mark.parametrize(
    ("asked", "answered", "words"),
    [
        (GET, stream_head() + LAST_CHUNK, "The server chat ended its event stream, and said so."),
        (POLL, STOPPED, "The server chat refused to go on: HTTP/1.1 503 Service Unavailable."),
        (GET, STOPPED, "The server chat refused to go on: HTTP/1.1 503 Service Unavailable."),
    ],
)
def test_a_server_says_over_http_that_it_does_not_go_on(
    asked: bytes, answered: bytes, words: str
) -> None:
    """By an error, or by the end of an event stream."""
    rows = recorded(("upstream", asked), ("downstream", answered)).rows()
    assert decide(EndedSession(rows, "alice", "chat", "sse")).why == words


def test_a_dead_process_and_a_pulled_plug_look_the_same() -> None:
    """Without a close frame it is said that nobody can tell them apart."""
    assert CANNOT_TELL in why(row(DOWN, "half-closed"), row(UP, "half-closed"))
    assert CANNOT_TELL not in why(close(DOWN, 1000), row(DOWN, "half-closed"))


@pytest.mark.parametrize(
    ("held", "where"),
    [
        ((UP,), "from alice to the server"),
        ((DOWN,), "from the server to alice"),
        ((UP, DOWN), "in both directions"),
    ],
)
def test_what_never_arrived_decides_before_close_frames(
    held: tuple[Direction, ...], where: str
) -> None:
    """A close frame that the link held told nobody anything; the fault is named once."""
    fault = [row(held[0] if len(held) == 1 else "", "fault added", "BlackHole()")] * 2
    closes = [close(way, 1011, KEEPALIVE, held=way in held) for way in (DOWN, UP)]
    assert why(*fault, *closes).startswith(f"BlackHole() let nothing pass {where}.")


def test_the_proof_of_a_black_hole_does_not_depend_on_timing() -> None:
    """Whoever of both sides pinged and closed first, the same rows stand in the same order."""
    rows = [row(UP, "ping", fate="held"), row(DOWN, "ping", fate="held")]
    rows += [close(UP, 1011, KEEPALIVE, held=True), close(DOWN, 1011, KEEPALIVE, held=True)]
    shown = []
    for pings, closes in ((rows[:2], rows[2:]), (rows[1::-1], rows[:1:-1])):
        case = EndedSession(
            numbered(row("", "fault added", "BlackHole()"), *pings, *closes), "a", "b"
        )
        shown.append([(each.arrow, each.kind) for each in decide(case).rows])
    assert shown[0] == shown[1]


@pytest.mark.parametrize(
    ("fault", "fate", "words"),
    [
        ("BlackHole()", "held", "BlackHole() let nothing pass from the server to alice."),
        ("Bandwidth(2)", "late", "Bandwidth(2) held up what was sent from the server to alice."),
        ("SwallowPongs()", "dropped", "SwallowPongs() dropped some of what was sent from the"),
    ],
)
def test_a_heartbeat_that_a_fault_hindered(fault: str, fate: str, words: str) -> None:
    """Also if it passed at last: too late, when the server had closed."""
    rows = [row(DOWN, "fault added", fault), row(DOWN, "ping", fate=fate)]  # type: ignore[arg-type]
    assert words in why(*rows, close(DOWN, 1011, KEEPALIVE), server_saw_at=1.0)


@pytest.mark.parametrize("fate", ["held", "dropped"])
def test_what_is_lost_ends_nothing_unless_a_heartbeat_is_missed(fate: str) -> None:
    """A message that a fault swallows is no reason by itself; a later end has its own."""
    rows = [row("", "fault added", "Drop()"), row(UP, "text", "hello", fate=fate)]  # type: ignore[arg-type]
    assert "closed first" in why(*rows, close(UP, 1000))
    assert "ended the connection first, with a FIN" in why(*rows, row(DOWN, "half-closed"))
    assert why(*rows) == "The record of the link does not show why."


def test_who_closed_into_a_black_hole() -> None:
    """Somebody who closes is the reason, also if nobody heard it; the fault is named."""
    fault = row("", "fault added", "BlackHole()")
    text = why(fault, close(UP, 1000, held=True), close(DOWN, 1011, KEEPALIVE, held=True))
    assert text.startswith("alice closed first, with a close frame: 1000")
    assert text.endswith("It did not arrive: BlackHole() let nothing pass in both directions.")


def test_an_act_after_the_end_is_not_its_reason() -> None:
    """A plug that is pulled when a client has already given up, or been told, changes nothing."""
    hole = [row("", "fault added", "BlackHole()"), row(DOWN, "ping", fate="held")]
    gave_up = [row(UP, "half-closed"), row("", "cut")]
    assert "BlackHole() let" in why(*hole, *gave_up, protocol="socketio")
    assert "was cut" in why(*hole, *reversed(gave_up), protocol="socketio")


def test_a_slow_reader() -> None:
    """The server's log says that it dropped one, however the client learnt of it."""
    hole = [row(DOWN, "fault added", "BlackHole()"), row(DOWN, "text", fate="held")]
    for rows in ([row(DOWN, "reset")], [*hole, close(UP, 1011, KEEPALIVE)]):
        assert why(*rows, was_dropped=True).startswith("The server chat dropped alice as a slow r")


def test_a_server_that_hangs() -> None:
    """A client that ends by itself has heard nothing; it cannot know why."""
    told = why(row(UP, "ping"), close(UP, 1011, KEEPALIVE))
    assert told == f"alice got no answer to a heartbeat, and closed with 1011. {SILENT}"
    gave_up = why(row(UP, "half-closed"), protocol="socketio")
    assert gave_up == f"alice gave up: nothing had come from the server for too long. {SILENT}"


def test_a_blocked_loop_counts_only_if_a_heartbeat_was_missed() -> None:
    """Else the connection ended for another reason, and so if somebody says another one."""
    ping, end = row(DOWN, "ping"), close(DOWN, 1011, KEEPALIVE)
    assert "event loop was blocked" in why(ping, end, was_blocked=True)
    assert "event loop was blocked" in why(
        ping, close(DOWN, 1000), was_blocked=True, protocol="socketio"
    )
    assert "closed first" in why(ping, row(UP, "pong"), close(DOWN, 1000), was_blocked=True)
    assert "closed first" in why(ping, close(UP, 1000), was_blocked=True)
    assert "got no answer" in why(ping, end, was_blocked=False)


def test_a_blocked_loop_is_proved_by_what_was_closed() -> None:
    """Heartbeats that come together after a block prove nothing: which is first is a race."""
    end = close(DOWN, 1000)
    rows = numbered(row(UP, "ping"), row(DOWN, "ping"), end)
    session = EndedSession(rows, "alice", "chat", protocol="socketio", was_blocked=True)
    assert decide(session).rows == (end,)


@pytest.mark.parametrize(
    ("rows", "protocol", "who", "proof"),
    [
        ([close(DOWN, 1000), row(UP, "reset")], "socketio", "the server chat and alice gave", 2),
        ([close(DOWN, 1000), close(UP, 1000)], "socketio", "the server chat gave up", 2),
        ([row(DOWN, "ping"), row(UP, "half-closed")], "socketio", "alice gave up", 1),
        ([close(UP, 1011, KEEPALIVE), close(DOWN, 1011, KEEPALIVE)], "websocket", "alice gave", 2),
        ([row(UP, "ping"), row(DOWN, "closed")], "websocket", "a healthy connection ended", 0),
    ],
)
def test_who_gave_up_while_the_loop_was_blocked(
    rows: list[Row], protocol: str, who: str, proof: int
) -> None:
    """Whoever sent the first close frame, and a client that ended without one; rows prove it."""
    session = EndedSession(numbered(*rows), "alice", "chat", protocol, was_blocked=True)
    verdict = decide(session)
    assert f"a heartbeat was too late: {who}" in verdict.why
    assert verdict.rows == tuple(session.rows[len(rows) - proof :] if proof else ())


def test_heartbeats_count_only_where_they_decided() -> None:
    """One may be under way whenever a connection ends."""
    cut = EndedSession(numbered(row(UP, "ping"), row("", "cut")), "alice", "chat")
    silent = EndedSession(numbered(row(UP, "ping"), close(UP, 1011, KEEPALIVE)), "alice", "chat")
    assert (decide(cut).by_heartbeat, decide(silent).by_heartbeat) == (False, True)


def test_only_the_log_knows_of_a_server_that_says_nothing() -> None:
    """On Socket.IO's polling a server may end a session without a packet."""
    assert "as its log says" in why(row(UP, "half-closed"), server_saw="server disconnect")
