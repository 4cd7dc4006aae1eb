"""One connection, decoded: what belongs to which protocol. `test_lens.py` has real sessions."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from labkit.protocols.exchanges import AT_ONCE
from labkit.trace import Record
from labkit.trace.conversation import STEP, Conversation, Found
from tests.support.raw import TEXT, frame, request
from tests.support.untrusted import HOSTILE, hidden_in

SWITCH = b"HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"


def fed(conversation: Conversation, direction: str, chunk: bytes) -> list[Found]:
    """Feed a chunk and return what it completes."""
    steps = conversation.feed(Record(0.0, 1, direction, "", chunk))  # type: ignore[arg-type]
    return [found for step in steps for found in step]


def kinds(conversation: Conversation, direction: str, chunk: bytes) -> list[str]:
    """Feed a chunk and return the kinds of what it completes."""
    return [found.kind for found in fed(conversation, direction, chunk)]


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
    (found,) = fed(talk, "upstream", b"\x81\x00")
    assert (found.kind, found.content, found.problem) == (
        "garbage",
        "81 00",
        "its beginning is lost",
    )


def test_a_fact_is_a_kind_and_words() -> None:
    """A stranger may be in the words, never in the kind, of which a view lists each."""
    fact = f"refused: a page of {HOSTILE!r} may not connect here (Origin)"
    (found,) = next(Conversation().feed(Record(1.0, 1, "", fact, b"")))
    assert found.kind == "refused" and found.content.startswith("a page of")
    assert "evil.example" in found.content and not hidden_in(found.content)


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
        told += [found.content for found in fed(talk, way, text.encode())]
    masked = "/socket.io/?EIO=4&transport=polling&sid=…"
    assert told == [
        f"GET {masked} HTTP/1.1",
        "HTTP/1.1 200 OK, answers GET  [Engine.IO ping; garbage, ! no packet begins like this]",
        f"POST {masked} HTTP/1.1  [Engine.IO pong]",
        "HTTP/1.1 200 OK, answers POST",
    ]


def test_a_step_is_short() -> None:
    """However much a record holds, or was held back before it, a step decodes little of it."""

    def most(conversation: Conversation, direction: str, chunk: bytes) -> int:
        steps = list(conversation.feed(Record(0.0, 1, direction, "", chunk)))  # type: ignore[arg-type]
        assert sum(map(len, steps)) > 3000
        return max(map(len, steps))

    talk = Conversation()
    get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    kinds(talk, "upstream", request() + get * 4000)
    refused = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    ok = b"HTTP/1.1 204 No Content\r\n\r\n"
    assert most(talk, "downstream", refused + ok * 4000) <= AT_ONCE * 2
    talk = Conversation()
    kinds(talk, "upstream", request())
    assert most(talk, "downstream", SWITCH + b"\x81\x00" * 4000) <= STEP
    assert most(talk, "upstream", frame(TEXT) * 4000) <= STEP


def test_a_mistake_of_the_decoders_own() -> None:
    """It is a row that says whose mistake it is; what follows on that connection is not guessed."""
    talk = Conversation()
    found = talk.give_up(Record(0.0, 1, "upstream", "", b"abc"), ValueError("oops"))
    assert (found.kind, found.size) == ("garbage", 3)
    assert "a mistake of its own: ValueError('oops')" in found.problem
    (after,) = fed(talk, "upstream", b"x" * 10_000)
    assert after.size == 10_000 and "could not decode an earlier part" in after.problem


GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
OK = b"HTTP/1.1 204 No Content\r\n\r\n"
REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
SOCKET = [("upstream", request(line="GET /?EIO=4 HTTP/1.1")), ("downstream", SWITCH)]
FILE = b'451-["file",{"_placeholder":true,"num":0}]'
Chunks = list[tuple[str, bytes]]


def polled(packets: list[bytes]) -> Chunks:
    """Return a polling request with these packets in its body."""
    body = b"\x1e".join(packets)
    head = f"POST /?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}"
    return [("upstream", head.encode() + b"\r\n\r\n" + body)]


DECODERS: dict[str, Callable[[int], Chunks]] = {
    "requests": lambda n: [("upstream", GET * 8 * n)],
    "requests and answers": lambda n: [("upstream", GET * 4 * n), ("downstream", OK * 4 * n)],
    "requests that were held back": lambda n: [
        ("upstream", request() + GET * 4 * n),
        ("downstream", REFUSED + OK * 4 * n),
    ],
    "headers": lambda n: [("upstream", GET[:-2] + b"X: y\r\n" * 10 * n + b"\r\n")],
    "a head in pieces": lambda n: [
        ("upstream", bytes([byte])) for byte in request("X: " + "y" * n)
    ],
    "a body in chunks": lambda n: [("upstream", CHUNKED + b"1\r\nx\r\n" * 8 * n + b"0\r\n\r\n")],
    "a body in pieces": lambda n: [
        ("upstream", GET[:-2] + f"Content-Length: {n * 90}\r\n\r\n".encode()),
        *[("upstream", b"x" * 9)] * (10 * n),
    ],
    "frames": lambda n: [*SOCKET[:1], SOCKET[1], ("upstream", frame(TEXT, b"2") * 5 * n)],
    "fragments": lambda n: [
        *SOCKET,
        ("upstream", frame(TEXT, b"4", fin=False) + frame(0, b"x", fin=False) * 8 * n + frame(0)),
    ],
    "a frame in pieces": lambda n: [
        *SOCKET,
        *(("upstream", bytes([byte])) for byte in frame(TEXT, b"4" * 10 * n)),
    ],
    "Engine.IO payloads": lambda n: polled([b"42[1]"] * 4 * n),
    "events": lambda n: [*SOCKET, ("upstream", frame(TEXT, b'42["a",1]') * 4 * n)],
    "attachments": lambda n: [*SOCKET, ("upstream", (frame(TEXT, FILE) + frame(2, b"x")) * 2 * n)],
    "depth": lambda n: polled([b'42["a",' + b"[" * n + b"]" * n + b"]"] * 2),
    "depth without an end": lambda n: polled([b"42" + b"[" * 50 * n] * 2),
}
"""What a stranger can make long, so many times."""


def work(chunks: Chunks) -> int:
    """Return how many functions are called to decode some chunks and to open each row."""
    talk, calls = Conversation(), 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        for found in [each for chunk in chunks for each in fed(talk, *chunk)]:
            found.layers()
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("name", DECODERS)
def test_twice_the_input_is_twice_the_work(name: str) -> None:
    """No decoder does more than 2.5 times as much for twice as much, whatever it is fed."""
    once, twice = (work(DECODERS[name](size)) for size in (100, 200))
    assert once < twice * 1.1 and twice <= 2.5 * once
