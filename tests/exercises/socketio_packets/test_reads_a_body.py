"""Right answers to the polling body that are written otherwise."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.socketio_packets.reads_a_body import EXERCISE

OF_BYTES = """
from base64 import b64decode

KINDS = ["open", "close", "ping", "pong", "message", "upgrade", "noop"]


def packet(part):
    if part.startswith(b"b"):
        return "message", b64decode(part[1:])
    return KINDS[part[0] - ord("0")], part[1:].decode()


def read_body(body):
    return [packet(part) for part in body.split(b"\\x1e") if part]
"""

LIBRARY = """
from engineio.packet import Packet, packet_names


def read_body(body):
    packets = []
    for encoded in filter(None, body.decode().split("\\x1e")):
        packet = Packet(encoded_packet=encoded)
        data = packet.data if packet.binary else encoded[1:]
        packets.append((packet_names[packet.packet_type].lower(), data))
    return packets
"""


@pytest.mark.parametrize("source", [OF_BYTES, LIBRARY], ids=["of bytes", "library"])
async def test_another_right_answer_is_done(source: str, lab: ModuleType) -> None:
    """Bytes that are split before they are decoded, or the library, are as good."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "done", outcome


async def test_an_empty_body(lab: ModuleType) -> None:
    """An empty text is not a packet."""
    source = EXERCISE.solution.replace(" if body else []", "").replace(
        "digit, data = packet[0]", "digit, data = packet[:1] or '6'"
    )
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.expected == "[], because an empty body has no packets."
    assert outcome.case == "read_body(b'')"
