"""One connection, decoded: what belongs to which protocol. `test_lens.py` has real sessions."""

from __future__ import annotations

from labkit.trace import Record
from labkit.trace.conversation import Conversation
from tests.peers.raw import TEXT, frame, request

SWITCH = b"HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"


def kinds(conversation: Conversation, direction: str, chunk: bytes) -> list[str]:
    """Feed a chunk and return the kinds of what it completes."""
    return [
        found.kind
        for found in conversation.feed(Record(0.0, 1, direction, "", chunk))  # type: ignore[arg-type]
    ]


def test_frames_that_come_with_the_handshake() -> None:
    """What follows request or answer in the same chunk is decoded as frames, once agreed on."""
    talk = Conversation()
    assert kinds(talk, "upstream", request() + frame(TEXT, b"early")) == ["request"]
    assert kinds(talk, "downstream", SWITCH + b"\x81\x02hi") == ["response", "text", "text"]


def test_a_refused_handshake_stays_http() -> None:
    """Behind a 403 another request may follow."""
    talk = Conversation()
    kinds(talk, "upstream", request())
    refused = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    assert kinds(talk, "downstream", refused) == ["response"]
    assert kinds(talk, "upstream", request()) == ["request"]


def test_an_unknown_beginning_is_not_guessed() -> None:
    """Bytes of a connection whose beginning is lost are shown as they are."""
    talk = Conversation("its beginning is lost")
    (found,) = talk.feed(Record(0.0, 1, "upstream", "", b"\x81\x00"))
    assert (found.kind, found.content, found.problem) == (
        "garbage",
        "81 00",
        "its beginning is lost",
    )


def test_a_poll_and_its_answer() -> None:
    """An answer tells what it answers, and no row tells the id of a session."""
    talk = Conversation()
    target = "/socket.io/?EIO=4&transport=polling&sid=abc"
    told = []
    for way, text in (
        ("upstream", f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("downstream", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n2\x1e4hi"),
        ("upstream", f"POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n3"),
        ("downstream", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"),
    ):
        told += [
            found.content
            for found in talk.feed(Record(0.0, 1, way, "", text.encode()))  # type: ignore[arg-type]
        ]
    masked = "/socket.io/?EIO=4&transport=polling&sid=…"
    assert told == [
        f"GET {masked} HTTP/1.1",
        "HTTP/1.1 200 OK, answers GET  [Engine.IO ping; garbage, ! no packet begins like this]",
        f"POST {masked} HTTP/1.1  [Engine.IO pong]",
        "HTTP/1.1 200 OK, answers POST",
    ]
