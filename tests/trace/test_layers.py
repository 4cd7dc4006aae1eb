"""What all layers share."""

from __future__ import annotations

from labkit.trace.layers import Field, Layer, hide_ids, show_hex, show_text
from tests.support.untrusted import HOSTILE, hidden_in


def test_bytes_are_told_in_hexadecimal() -> None:
    """The first bytes, and whether there are more."""
    assert show_hex(b"\x00\xff") == "00 ff"
    assert show_hex(bytes(20)).endswith("00 …")


def test_what_cannot_be_printed_is_told_in_hexadecimal() -> None:
    """A payload is text if all of it is: neither half a character nor a control."""
    assert show_text("Grüße".encode()) == "Grüße"
    assert show_text(b"\xbe\x8e\xf8-") == "be 8e f8 2d"
    assert show_text(b"\x1b[2J") == "1b 5b 32 4a"


def test_what_a_peer_sent_is_told_as_text() -> None:
    """Summary, names, values and meanings hold nothing that a terminal would obey."""
    fields = (Field(HOSTILE, HOSTILE, HOSTILE, 0, 1),)
    for name in ("HTTP request", "frame"):
        told = Layer(name, HOSTILE, 1, fields, b"a").as_text()
        assert not hidden_in(told, lines=True)
        assert len(told.splitlines()) == 2


def test_a_layer_is_told_without_what_varies() -> None:
    """Bytes, name, value and meaning of each field; what is another in each run is not told."""
    fields = (
        Field("length", "5", "of what follows", 0, 1),
        Field("key", "", "random", 1, 4, varies=True),
    )
    told = Layer("frame", "text", 6, fields, b"\x05abcd").as_text()
    assert told.splitlines() == [
        "  frame  +6 B  text",
        "      05                       length: 5 (of what follows)",
        "      varies                   key (random)",
    ]


def test_ids_are_left_out() -> None:
    """In addresses, in an open packet, in JSON and alone, and nothing else is touched."""
    assert hide_ids("GET /?sid=a-_9&x=sid HTTP/1.1") == "GET /?sid=…&x=sid HTTP/1.1"
    assert hide_ids('0{"sid":"abc","x":1}') == '0{"sid":"…","x":1}'
    client = "client=0123456789abcdef"
    assert hide_ids(f"/messages?{client}&after=deadbeef-7&wait=5") == (
        "/messages?client=…&after=…-7&wait=5"
    )
    assert hide_ids("/events?client=0123************ HTTP/1.1") == "/events?client=… HTTP/1.1"
    assert hide_ids("/clients/0123************ HTTP/1.1") == "/clients/… HTTP/1.1"
    assert hide_ids("deadbeef-7") == "…-7"
    told = '{"messages": [{"id": "deadbeef-7", "text": "a"}], "next":"deadbeef-7"}'
    assert hide_ids(told) == '{"messages": [{"id": "…-7", "text": "a"}], "next":"…-7"}'
    for other in ("/?client=me", "/clients/me", "made on 20261127-7", "deadbeef-7a", "xclient=0"):
        assert hide_ids(other) == other
    told = Layer(
        "HTTP request", "GET /?sid=abc", 1, (Field("", "GET /?sid=abc", "", 0, 0),)
    ).as_text()
    assert "abc" not in told
