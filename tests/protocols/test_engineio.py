"""Engine.IO packets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.protocols.engineio import decode_packet, decode_payload


@pytest.mark.parametrize(
    ("encoded", "kind", "data"),
    [
        ("2probe", "ping", "probe"),
        ("3probe", "pong", "probe"),
        ("5", "upgrade", ""),
        ("6", "noop", ""),
        ("1", "close", ""),
        ("4hello", "message", "hello"),
        ('42["a",1]', "message", '2["a",1]'),
        ("4123", "message", "123"),
        ("bAQI=", "message", b"\x01\x02"),
        (b"\x01\x02", "message", b"\x01\x02"),
    ],
)
def test_packets(encoded: str | bytes, kind: str, data: str | bytes) -> None:
    """Type and data of each kind of packet, in text and in binary."""
    packet = decode_packet(encoded)
    assert (packet.kind, packet.data, packet.problem) == (kind, data, "")
    assert packet.added == len(encoded) - len(data)


def test_the_open_packet() -> None:
    """Its settings are read; one without settings has a problem."""
    assert decode_packet('0{"sid":"x","pingInterval":5000}').settings == {
        "sid": "x",
        "pingInterval": 5000,
    }
    assert decode_packet("0nothing").problem


@pytest.mark.parametrize("encoded", ["", "7", "x", "٣", "bA"])
def test_what_is_no_packet(encoded: str) -> None:
    """It is garbage, with a reason."""
    packet = decode_packet(encoded)
    assert packet.kind == "garbage" and packet.problem


def test_payloads() -> None:
    """One HTTP body holds several packets, binary ones in base64."""
    packets = decode_payload(b'2\x1e4{"a":1}\x1ebAQI=')
    assert [(packet.kind, packet.data) for packet in packets] == [
        ("ping", ""),
        ("message", '{"a":1}'),
        ("message", b"\x01\x02"),
    ]
    assert len(decode_payload(b"4a\x1e" * 100_000)) == 1000


@given(st.one_of(st.text(), st.binary()))
def test_anything_is_a_packet_or_garbage(encoded: str | bytes) -> None:
    """No input raises."""
    assert decode_packet(encoded).kind
    decode_payload(encoded if isinstance(encoded, bytes) else encoded.encode("utf-8", "replace"))
