"""Layers of Engine.IO and Socket.IO: what each added."""

from __future__ import annotations

import pytest

from labkit.protocols.engineio import decode_packet
from labkit.protocols.socketio import Assembler
from labkit.trace.packet_layers import packet_layers


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
