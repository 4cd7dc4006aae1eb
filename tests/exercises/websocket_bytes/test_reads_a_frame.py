"""Right answers to the frame that are written otherwise."""

from __future__ import annotations

from types import ModuleType

from labkit.exercises.check import check_answer
from labkit.exercises.websocket_bytes.reads_a_frame import EXERCISE

STREAM = """
import io
import itertools
import struct


def read_frame(data):
    stream = io.BytesIO(data)

    def take(number):
        piece = stream.read(number)
        if len(piece) < number:
            raise EOFError
        return piece

    try:
        _, second = take(2)
        length = second & 127
        if length == 126:
            (length,) = struct.unpack("!H", take(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", take(8))
        key = take(4) if second & 128 else bytes(4)
        return bytes(a ^ b for a, b in zip(take(length), itertools.cycle(key)))
    except EOFError:
        return None
"""


async def test_another_right_answer_is_done(lab: ModuleType) -> None:
    """A stream, `struct` and a key of zeros are as good as the solution."""
    assert (await check_answer(EXERCISE, EXERCISE.answer_of(STREAM))).state == "done"


async def test_a_long_payload_is_shown_short(lab: ModuleType) -> None:
    """The card of a frame of 64 KiB can be read."""
    source = EXERCISE.solution.replace("else 10", "else 6")
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet" and "a payload of 65536 bytes" in outcome.expected
    assert len(repr(outcome)) < 400
