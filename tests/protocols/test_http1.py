"""HTTP messages and their bodies. `test_exchanges.py` reads whole conversations."""

from __future__ import annotations

import gzip
import zlib

from labkit.protocols.exchanges import Exchanges
from labkit.protocols.http1 import MAX_BODY_KEPT, HttpMessage, asks_to_leave, body_length

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"


def answer(coding: str, body: bytes, sized: int | None = None) -> HttpMessage:
    """Return an answer with a body."""
    length = len(body) if sized is None else sized
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {length}"
    http = Exchanges()
    http.feed("upstream", GET)
    (found,) = http.feed("downstream", head.encode() + b"\r\n\r\n" + body)
    assert isinstance(found, HttpMessage) and found.body == body[:MAX_BODY_KEPT]
    return found


def test_a_compressed_body_is_unpacked() -> None:
    """gzip and deflate are undone, what only claims to be compressed stays, a bomb is bounded."""
    assert answer("gzip", gzip.compress(b"hello")).unpacked == (b"hello", "")
    assert answer("deflate", zlib.compress(b"hello")).unpacked == (b"hello", "")
    assert answer("identity", b"hello").unpacked == (b"hello", "")
    assert answer("gzip", b"hello").content == answer("br", b"hello").content == b"hello"
    assert len(answer("gzip", gzip.compress(bytes(2**24))).content) == MAX_BODY_KEPT


def test_what_is_missing_of_a_body() -> None:
    """It is said of each kind: too long, too long unpacked, and not to be unpacked."""
    cut = gzip.compress(b"hello")[:-4]
    said = {
        "the first 262144 of 300000 bytes": answer("", bytes(300_000)),
        "the first 262144 bytes of what it unpacks to": answer("gzip", gzip.compress(bytes(2**20))),
        "still compressed (br)": answer("br", b"x"),
        "as it was sent, because it is not gzip": answer("gzip", b"xyz"),
        "what can be read of it, because its gzip does not end": answer("gzip", cut),
    }
    assert [message.unpacked[1] for message in said.values()] == list(said)


def test_who_asks_to_leave() -> None:
    """Both headers are needed, in any case and among others."""

    def asks(*lines: str) -> bool:
        data = "\r\n".join(["GET / HTTP/1.1", "Host: x", *lines, "", ""]).encode()
        (found,) = Exchanges().feed("upstream", data)
        assert isinstance(found, HttpMessage)
        return asks_to_leave(found)

    assert asks("connection: keep-alive, UPGRADE", "Upgrade: websocket")
    assert not asks("Connection: upgrade") and not asks("Upgrade: websocket")


def test_the_length_of_a_body() -> None:
    """As its head says it; a chunked one has none that a head could know."""
    assert body_length(b"GET / HTTP/1.1\r\nContent-length: 12\r\n\r\n") == 12
    assert body_length(b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n") is None
    chunked = b"Content-Length: 12\r\nTransfer-Encoding: chunked\r\n"
    assert body_length(b"GET / HTTP/1.1\r\n" + chunked + b"\r\n") is None
