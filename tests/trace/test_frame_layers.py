"""Layers of WebSocket messages: each field under its bytes."""

from __future__ import annotations

import pytest

from labkit.protocols.frames import FrameDecoder
from labkit.protocols.messages import MessageDecoder
from labkit.trace.frame_layers import frame_layer, message_summary, websocket_layers
from labkit.trace.layers import MAX_LAYER_SHOWN
from tests.support.raw import CLOSE, TEXT, frame


@pytest.mark.parametrize("length", [5, 126, 65_536])
@pytest.mark.parametrize("masked", [True, False])
def test_the_fields_of_a_frame_cover_its_bytes(length: int, masked: bool) -> None:
    """Each byte of the header and of what is kept of the payload belongs to one field."""
    data = frame(TEXT, b"x" * length, masked=masked)
    (found,) = FrameDecoder(from_client=masked).feed(data)
    layer = frame_layer(found)
    covered = [field.start + n for field in layer.fields for n in range(field.length)]
    assert covered == list(range(len(layer.raw)))
    kept = min(length, MAX_LAYER_SHOWN)
    assert layer.raw[: len(found.header) + kept] == data[: len(found.header) + kept]
    assert layer.raw[-kept:] == b"x" * kept
    assert layer.added == len(found.header)


def test_a_close_is_told_as_code_and_reason() -> None:
    """The payload of a close frame is a number and a text."""
    (found,) = FrameDecoder(from_client=False).feed(b"\x88\x05\x03\xe8bye")
    assert found.opcode == CLOSE
    assert frame_layer(found).fields[-1].value == "1000 bye"


@pytest.mark.parametrize(
    ("payload", "shown"), [(b"abcd", "abcd"), (b"\xd0\x02\xf8-", "d0 02 f8 2d")]
)
def test_a_ping_that_cannot_be_printed_is_told_in_hexadecimal(payload: bytes, shown: str) -> None:
    """In the row's line, in its layers and in the field of its payload."""
    (found,) = FrameDecoder(from_client=False).feed(b"\x89\x04" + payload)
    (message,) = MessageDecoder().feed(found)
    payload_layer, in_frame = websocket_layers(message)
    assert message_summary(message) == payload_layer.summary == shown
    assert in_frame.fields[-1].value == shown


def test_one_byte_is_told_as_one() -> None:
    """In the frame's line and in the field of its length."""
    (found,) = FrameDecoder(from_client=True).feed(frame(TEXT, b"5", masked=True))
    layer = frame_layer(found)
    assert layer.summary == "text, 1 byte, masked"
    assert layer.fields[1].meaning == "1 byte of payload"


def test_each_piece_of_a_text_is_told_as_text() -> None:
    """Also those whose frames do not say so; half a character is told in hexadecimal."""
    data = frame(TEXT, b"in two \xc3", fin=False) + frame(0, b"\xb6 pieces")
    decoder = MessageDecoder()
    (message,) = (m for f in FrameDecoder(from_client=True).feed(data) for m in decoder.feed(f))
    _, *pieces = websocket_layers(message)
    assert [piece.fields[-1].value for piece in pieces] == ["in two \\xc3", "\\xb6 pieces"]
