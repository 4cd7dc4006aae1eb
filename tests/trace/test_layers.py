"""Layers: each field under its bytes, and what each layer added."""

from __future__ import annotations

import pytest

from labkit.protocols.engineio import decode_packet
from labkit.protocols.frames import FrameDecoder
from labkit.protocols.socketio import Assembler
from labkit.trace.layers import SHOWN, frame_layer, hexed, packet_layers, visible
from tests.peers.raw import CLOSE, TEXT, frame


@pytest.mark.parametrize("length", [5, 126, 65_536])
@pytest.mark.parametrize("masked", [True, False])
def test_the_fields_of_a_frame_cover_its_bytes(length: int, masked: bool) -> None:
    """Each byte of the header and of what is kept of the payload belongs to one field."""
    data = frame(TEXT, b"x" * length, masked=masked)
    (found,) = FrameDecoder(from_client=masked).feed(data)
    layer = frame_layer(found)
    covered = [field.start + n for field in layer.fields for n in range(field.length)]
    assert covered == list(range(len(layer.raw)))
    kept = min(length, SHOWN)
    assert layer.raw[: len(found.header) + kept] == data[: len(found.header) + kept]
    assert layer.raw[-kept:] == b"x" * kept
    assert layer.added == len(found.header)


def test_a_close_is_told_as_code_and_reason() -> None:
    """The payload of a close frame is a number and a text."""
    (found,) = FrameDecoder(from_client=False).feed(b"\x88\x05\x03\xe8bye")
    assert found.opcode == CLOSE
    assert frame_layer(found).fields[-1].value == "1000 bye"


@pytest.mark.parametrize(
    ("encoded", "added"),
    [
        ('42["chat message","hello"]', [5, 20, 1]),
        ('42/room,["a",1,2]', [2, 14, 1]),
        ('431["got it"]', [6, 6, 1]),
        ("40", [1, 1]),
    ],
)
def test_what_socketio_adds(encoded: str, added: list[int]) -> None:
    """The event's arguments, the packet around them, and Engine.IO's digit add up."""
    engine = decode_packet(encoded)
    layers = packet_layers(engine, Assembler().feed(engine))
    assert [layer.added for layer in layers] == added
    assert sum(added) == len(encoded)


def test_the_open_packets_settings_are_explained() -> None:
    """Each setting is a field with its meaning; the session's id varies."""
    (layer,) = packet_layers(decode_packet('0{"sid":"x","pingInterval":25000}'), None)
    assert [(field.name, field.varies) for field in layer.fields] == [
        ("sid", True),
        ("pingInterval", False),
    ]
    assert all(field.meaning for field in layer.fields)


def test_text_is_made_visible() -> None:
    """Control characters, invisible ones and half characters show, and long text is cut."""
    assert visible("a\0b\n\x7f") == "a␀b␊␡"
    assert visible("\u202eevil\ud83d") == "\\u202eevil\\ud83d"
    assert visible("x" * 200, 10) == "x" * 10 + "…"
    assert hexed(bytes(20)).endswith("00 …")
