"""Layers of HTTP messages."""

from __future__ import annotations

import gzip

from labkit.protocols.engineio import decode_payload
from labkit.protocols.exchanges import Exchanges
from labkit.protocols.handshake import judge_request
from labkit.protocols.http1 import HttpMessage
from labkit.trace.http_layers import http_layers
from tests.support.raw import request


def test_each_header_is_under_its_bytes() -> None:
    """Start line and headers are fields with their places; what a handshake lacks is told."""
    data = request(without="Sec-WebSocket-Key")
    (asked,) = Exchanges().feed("upstream", data)
    assert isinstance(asked, HttpMessage)
    (layer,) = http_layers(asked, judge_request(asked))
    assert layer.added == len(data) == asked.size
    for field in layer.fields:
        if field.length:
            line = layer.raw[field.start : field.start + field.length].decode()
            assert line == (f"{field.name}: {field.value}" if field.name else field.value)
    assert "Host" in [field.name for field in layer.fields if field.varies]
    assert "it is missing" in layer.fields[-1].meaning


def test_a_polling_body_holds_packets() -> None:
    """Each packet has its layers, and all together they add up to the message."""
    body = b"2\x1e4hello"
    data = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n" + body
    (message,) = Exchanges().feed("upstream", data)
    assert isinstance(message, HttpMessage)
    packets = tuple((packet, None) for packet in decode_payload(body))
    layers = http_layers(message, (), packets)
    assert [layer.name for layer in layers] == ["Engine.IO packet"] * 2 + ["HTTP request"]
    assert sum(layer.added for layer in layers) == len(data)


def test_a_compressed_body_is_told_unpacked() -> None:
    """The field of the body holds its text, and says that it was compressed."""
    body = gzip.compress(b"4hello")
    head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}"
    (message,) = Exchanges().feed("upstream", head.encode() + b"\r\n\r\n" + body)
    assert isinstance(message, HttpMessage)
    (layer,) = http_layers(message)
    assert (layer.fields[-1].value, layer.fields[-1].meaning) == (
        "4hello",
        "compressed on the wire",
    )


def test_a_body_of_one_byte_is_told_as_one() -> None:
    """In the line of the HTTP message."""
    data = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n3"
    (message,) = Exchanges().feed("upstream", data)
    assert isinstance(message, HttpMessage)
    (layer,) = http_layers(message)
    assert layer.summary == "POST / HTTP/1.1, 1 byte of body"
