"""Bodies of polling whose packets are units."""

from __future__ import annotations

import gzip
import zlib

import pytest

from labkit.protocols.exchanges import Exchanges
from labkit.protocols.http1 import HttpMessage
from labkit.protocols.polled import PolledBody, answer_in_place_of_server, find_session, read_units
from labkit.protocols.units import BINARY

POST = (
    b"POST /?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\ncontent-length:  %d\r\nX: 1%s\r\n\r\n"
)
GET = b"GET /?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n"
EVENT, FILE, HEARTBEAT = b'42["m"]', b'451-["f",{"_placeholder":true,"num":0}]', b"2"
FILES = FILE + b"\x1ebAQI="


def posted(body: bytes, more: bytes = b"") -> PolledBody:
    """Return a request with a body."""
    raw = POST % (len(body), more) + body
    (message,) = Exchanges().feed("upstream", raw)
    assert isinstance(message, HttpMessage)
    return PolledBody(message, raw, 500)


def answered(body: bytes, coding: str) -> PolledBody:
    """Return a response with a body."""
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n"
    http, raw = Exchanges(), head.encode() + body
    http.feed("upstream", GET)
    (message,) = http.feed("downstream", raw)
    assert isinstance(message, HttpMessage)
    return PolledBody(message, raw, 500)


@pytest.mark.parametrize(
    ("body", "kinds", "contents"),
    [
        (EVENT, ["event"], [EVENT]),
        (EVENT + b"\x1e3\x1e" + EVENT, ["event", "pong", "event"], [EVENT, b"3", EVENT]),
        (FILES, ["binary event"], [FILE]),
        (FILE + b"\x1e2\x1ebAQI=", ["ping", "binary event"], [b"2", FILE]),
        (FILE + b"\x1e" + EVENT, ["binary event", "event"], [FILE, EVENT]),
        (FILE, ["binary event"], [FILE]),
        (b"bAQI=", ["attachment"], [b"\x01\x02"]),
        (b"b?", ["garbage"], [b"b?"]),
        (b"", ["garbage"], [b""]),
        (b'42["' + b"x" * 70_000 + b'"]', ["event"], [b'42["' + b"x" * 70_000 + b'"]']),
    ],
)
def test_packets_are_units(body: bytes, kinds: list[str], contents: list[bytes]) -> None:
    """An event and the attachments in its body are one; base64 is undone."""
    units = read_units(body)
    assert [unit.kind for unit in units] == kinds
    assert [unit.content for unit in units] == contents
    assert all(unit.agreed.is_polling for unit in units)


def test_attachments_belong_to_their_event() -> None:
    """As messages of their own behind it."""
    (unit,) = read_units(FILES)
    (file,) = unit.attachments
    assert (file.opcode, file.content) == (BINARY, b"\x01\x02")


def test_what_has_not_changed_is_as_it_came() -> None:
    """To the byte, also after somebody has looked."""
    body = posted(EVENT + b"\x1e3")
    same = body.with_units(list(body.units))
    assert same is body and same.fate == "" and not same.is_empty
    assert same.data == POST % (9, b"") + EVENT + b"\x1e3" and len(same) == len(same.data)


def test_lengths_are_put_right() -> None:
    """In the header, whatever its name looks like; nothing else of the head changes."""
    body = posted(FILES + b"\x1e" + EVENT + b"\x1e3")
    file, event, pong = body.units
    twice = body.with_units([file, event, event, file])
    wanted = b"\x1e".join([FILES, EVENT, EVENT, FILES])
    assert twice.data == POST % (len(wanted), b"") + wanted
    assert (twice.fate, twice.stop, twice.is_request) == ("altered", 500, True)
    less = body.with_units([file.dropped(), event, pong])
    assert less.data == POST % (len(EVENT) + 2, b"") + EVENT + b"\x1e3"
    assert twice.as_it_came.data == body.data


@pytest.mark.parametrize(
    ("coding", "pack", "unpack"),
    [
        ("gzip", gzip.compress, gzip.decompress),
        ("deflate", zlib.compress, zlib.decompress),
        ("identity", bytes, bytes),
    ],
)
def test_codings(coding: str, pack: object, unpack: object) -> None:
    """What was compressed is so again."""
    body = answered(pack(EVENT + b"\x1e" + EVENT), coding)  # type: ignore[operator]
    assert [unit.content for unit in body.units] == [EVENT, EVENT]
    changed = body.with_units(body.units[:1])
    head, _, packed = changed.data.partition(b"\r\n\r\n")
    assert unpack(packed) == EVENT  # type: ignore[operator]
    assert f"Content-Length: {len(packed)}".encode() in head


def test_what_has_lost_everything() -> None:
    """A response says nothing, which a session outlives; a request must not arrive."""
    response = answered(EVENT, "identity")
    empty = response.with_units([response.units[0].dropped()])
    assert empty.data.endswith(b"Content-Length: 1\r\n\r\n6")
    assert (empty.is_empty, empty.is_request, empty.fate) == (True, False, "altered")
    request = posted(EVENT)
    lost = request.with_units([])
    assert (lost.is_empty, lost.is_request, lost.fate) == (True, True, "dropped")


@pytest.mark.parametrize(
    ("target", "session"), [("/?EIO=4&sid=a-b_c&t=1", "a-b_c"), ("/?EIO=4", ""), ("/?xsid=1", "")]
)
def test_sessions(target: str, session: str) -> None:
    """Their id is in the query, but for the first request."""
    (message,) = Exchanges().feed("upstream", f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    assert isinstance(message, HttpMessage) and find_session(message) == session


@pytest.mark.parametrize(
    ("more", "headers"),
    [
        (b"", []),
        (
            b"\r\nOrigin: http://a:1",
            [
                b"Access-Control-Allow-Origin: http://a:1",
                b"Access-Control-Allow-Credentials: true",
            ],
        ),
    ],
)
def test_the_answer_in_place_of_the_server(more: bytes, headers: list[bytes]) -> None:
    """It says ok, as servers do, and lets a page of another origin read it."""
    answer = answer_in_place_of_server(posted(EVENT, more).message)
    head, _, body = answer.partition(b"\r\n\r\n")
    wanted = [b"HTTP/1.1 200 OK", b"Content-Type: text/html", b"Content-Length: 2", *headers]
    assert head.split(b"\r\n") == wanted and body == b"ok"
