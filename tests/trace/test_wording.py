"""The words of rows. `test_lens.py` has real sessions."""

from __future__ import annotations

import pytest

from labkit.protocols.connection_decoder import ConnectionDecoder
from labkit.protocols.decoded import DecodedMessage
from labkit.protocols.http1 import Garbage
from labkit.protocols.messages import Message
from labkit.trace import Direction, Record
from labkit.trace.wording import Mistake, Wording, describe_item
from tests.support.long_inputs import LONG, calls_of
from tests.support.untrusted import HOSTILE, hidden_in


def worded(decoder: ConnectionDecoder, direction: Direction, data: bytes) -> list[Wording]:
    """Feed some bytes and return the words for what they complete."""
    return [describe_item(item) for step in decoder.feed(direction, data) for item in step]


def test_a_fact_is_a_kind_and_words() -> None:
    """A stranger may be in the words, never in the kind, of which a view lists each."""
    fact = f"refused: a page of {HOSTILE!r} may not connect here (Origin)"
    found = describe_item(Record(1.0, 1, "", fact, b""))
    assert found.kind == "refused" and found.content.startswith("a page of")
    assert "evil.example" in found.content and not hidden_in(found.content)


def test_a_poll_and_its_answer() -> None:
    """An answer tells what it answers, and no row tells the id of a session; packets have kinds."""
    decoder = ConnectionDecoder()
    target = "/socket.io/?EIO=4&transport=polling&sid=abc"
    told, packets = [], []
    exchanges: list[tuple[Direction, str]] = [
        ("upstream", f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("downstream", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n2\x1e4hi"),
        ("upstream", f"POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n3"),
        ("downstream", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"),
    ]
    for way, text in exchanges:
        found = worded(decoder, way, text.encode())
        told += [each.content for each in found]
        packets += [each.packets for each in found]
    masked = "/socket.io/?EIO=4&transport=polling&sid=…"
    assert told == [
        f"GET {masked} HTTP/1.1",
        "HTTP/1.1 200 OK, answers GET  [Engine.IO ping; garbage, ! no packet begins like this]",
        f"POST {masked} HTTP/1.1  [Engine.IO pong]",
        "HTTP/1.1 200 OK, answers POST",
    ]
    assert packets == [(), ("ping", "garbage"), ("pong",), ()]


def test_secrets_are_hidden() -> None:
    """What a row says and keeps of a head has no secrets, whatever the decoder hands over."""
    head = b"GET /?token=abc HTTP/1.1\r\nHost: x\r\nCookie: a=crumbs\r\n\r\n"
    (found,) = worded(ConnectionDecoder(), "upstream", head)
    assert found.content == "GET /?token=*** HTTP/1.1"
    assert "crumbs" not in f"{found.decoded!r} {found.layers()!r}"


def test_garbage_is_shown_in_hexadecimal() -> None:
    """With its whole size, and why it is garbage."""
    found = describe_item(Garbage(b"\x81\x00", 9, "its beginning is lost", "upstream"))
    assert (found.kind, found.content, found.size) == ("garbage", "81 00", 9)
    assert found.problem == "its beginning is lost"


def test_a_message_that_did_not_end_is_garbage() -> None:
    """It says how it began."""
    message = Message("text", (), 1, 9, b"hal", 3)
    found = describe_item(DecodedMessage("upstream", message, has_ended=False))
    assert (found.kind, found.content, found.size) == ("garbage", "hal", 9)
    assert found.problem == "the message did not end" and found.decoded is None


def test_a_mistake_of_labkits_own() -> None:
    """It is a row that says whose mistake it is."""
    found = describe_item(Mistake(Record(0.0, 1, "upstream", "", b"abc"), ValueError("oops")))
    assert (found.kind, found.size) == ("garbage", 3)
    assert "a mistake of its own: ValueError('oops')" in found.problem


@pytest.mark.parametrize("name", LONG)
def test_twice_the_input_is_twice_the_work(name: str) -> None:
    """Words for twice as much, with all layers, take 2.5 times as much work at most."""

    def work(size: int) -> int:
        decoder, chunks = ConnectionDecoder(), LONG[name](size)
        items = [item for chunk in chunks for step in decoder.feed(*chunk) for item in step]
        return calls_of(lambda: [describe_item(item).layers() for item in items])

    once, twice = work(100), work(200)
    assert once < twice * 1.1 and twice <= 2.5 * once
