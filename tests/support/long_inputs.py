"""What a stranger can make long, for tests that count work instead of seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable

from labkit.protocols.directions import Direction
from tests.support.raw import TEXT, frame, request
from tests.support.streams import GET as SUBSCRIBE
from tests.support.streams import answers, asks, chunk, stream_head

Chunks = list[tuple[Direction, bytes]]

SWITCH = b"HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
OK = b"HTTP/1.1 204 No Content\r\n\r\n"
REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
SOCKET: Chunks = [("upstream", request(line="GET /?EIO=4 HTTP/1.1")), ("downstream", SWITCH)]
FILE = b'451-["file",{"_placeholder":true,"num":0}]'


def polled(packets: list[bytes]) -> Chunks:
    """Return a polling request with these packets in its body."""
    body = b"\x1e".join(packets)
    head = f"POST /?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}"
    return [("upstream", head.encode() + b"\r\n\r\n" + body)]


def streamed(chunks: bytes) -> Chunks:
    """Return an event stream with these chunks."""
    return [("upstream", SUBSCRIBE), ("downstream", stream_head() + chunks)]


def _batch(count: int) -> str:
    messages = ", ".join(f'{{"id": "EPOCH-{n}", "text": "hello"}}' for n in range(count))
    return f'{{"messages": [{messages}], "next": "EPOCH-{count}"}}'


def calls_of(function: Callable[[], object]) -> int:
    """Return how many functions are called while a function runs."""
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(None)
    return calls


LONG: dict[str, Callable[[int], Chunks]] = {
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
    "blocks in one chunk": lambda n: streamed(chunk(b":\n\n" * 8 * n)),
    "blocks in chunks": lambda n: streamed(chunk(b"data: a\n\n") * 4 * n),
    "a block in chunks": lambda n: streamed(chunk(b"x") * 8 * n),
    "a block in pieces": lambda n: [*streamed(b""), *[("downstream", chunk(b"data\r"))] * 8 * n],
    "a line without an end": lambda n: [*streamed(b""), *[("downstream", chunk(b"x" * 9))] * 8 * n],
    "chunk headers": lambda n: streamed(b"1;" + b"x" * 20 * n + b"\r\nx\r\n"),
    "messages of an answer": lambda n: [
        ("upstream", asks("/messages?client=CLIENT")),
        ("downstream", answers(_batch(4 * n))),
    ],
    "depth in JSON": lambda n: [
        ("upstream", asks("/messages?client=CLIENT")),
        ("downstream", answers("[" * 100 * n)),
    ],
    "depth": lambda n: polled([b'42["a",' + b"[" * n + b"]" * n + b"]"] * 2),
    "depth without an end": lambda n: polled([b"42" + b"[" * 50 * n] * 2),
}
"""Chunks by what is long in them, so many times."""
