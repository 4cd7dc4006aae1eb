"""Why a session ended: the rules, each by the rows that decide it."""

from __future__ import annotations

import pytest

from labkit.endings.verdict import CANNOT_TELL, Case, decide
from labkit.protocols.close_codes import CloseCode
from labkit.protocols.frames import FrameDecoder
from labkit.protocols.messages import MessageDecoder
from labkit.trace.passage import Passage
from labkit.trace.rows import Row

UP, DOWN = "upstream", "downstream"


def row(direction: str, kind: str, content: str = "", *, held: bool = False) -> Row:
    """Return a row: a fact has no size."""
    facts = ("cut", "reset", "closed", "half-closed", "fault added")
    passage = Passage(0) if held else None
    size, stop = (0, 0) if kind in facts else (9, 9)
    return Row(1, 0.0, 1, direction, kind, size, content, stop=stop, _passage=passage)  # type: ignore[arg-type]


def close(direction: str, code: int, reason: str = "", *, held: bool = False) -> Row:
    """Return the row of a close frame."""
    payload = code.to_bytes(2, "big") + reason.encode()
    data = bytes([0x88, len(payload)]) + payload
    (frame,) = FrameDecoder(from_client=False).feed(data)
    (message,) = MessageDecoder(None).feed(frame)
    passage = Passage(0) if held else None
    return Row(
        1,
        0.0,
        1,
        direction,  # type: ignore[arg-type]
        "close",
        9,
        repr(CloseCode(code)),
        decoded=message,
        stop=9,
        _passage=passage,
    )


def why(*rows: Row, **known: object) -> str:
    """Return the verdict's sentence; rows are numbered in their order."""
    for number, each in enumerate(rows, 1):
        object.__setattr__(each, "number", number)
    return decide(Case(rows, "alice", "chat", **known)).why  # type: ignore[arg-type]


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
            [row(DOWN, "response", "200 OK  [a; disconnect, namespace /]")],
            "The server chat disconn",
        ),
        ([row(DOWN, "half-closed")], "The server chat ended the connection first, with a FIN"),
        ([row(UP, "reset")], "alice ended the connection first, with an RST"),
        ([row(UP, "text", "hello")], "The record of the link does not show why."),
    ],
)
def test_the_evidence_decides(rows: list[Row], words: str) -> None:
    """The link's own acts, then close frames and packets by who came first, then FIN and RST."""
    assert words in why(*rows)


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
def test_what_never_arrived_decides_before_close_frames(held: tuple[str, ...], where: str) -> None:
    """A close frame that the link held told nobody anything; the fault is named once."""
    fault = [row(held[0] if len(held) == 1 else "", "fault added", "BlackHole()")] * 2
    closes = [close(way, 1011, "keepalive ping timeout", held=way in held) for way in (DOWN, UP)]
    assert why(*fault, *closes).startswith(f"BlackHole() let nothing pass {where}.")


def test_a_blocked_loop_counts_only_if_a_heartbeat_was_missed() -> None:
    """Else the connection ended for another reason."""
    ping, end = row(DOWN, "ping"), close(DOWN, 1000)
    assert "event loop was blocked" in why(ping, end, was_blocked=True)
    assert "closed first" in why(ping, row(UP, "pong"), close(DOWN, 1000), was_blocked=True)
    assert "closed first" in why(ping, end, was_blocked=False)


def test_only_the_log_knows_of_a_server_that_says_nothing() -> None:
    """On Socket.IO's polling a server may end a session without a packet."""
    assert "as its log says" in why(row(UP, "half-closed"), server_saw="server disconnect")
