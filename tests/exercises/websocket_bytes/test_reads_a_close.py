"""Right answers to the close frame that are written otherwise."""

from __future__ import annotations

from types import ModuleType

from labkit.exercises.check import check_answer
from labkit.exercises.websocket_bytes.reads_a_close import EXERCISE

UNPACKED = """
def ending(payload):
    match payload:
        case None:
            return (1006, "")
        case b"":
            return (1005, "")
    high, low, *reason = payload
    return (256 * high + low, bytes(reason).decode("utf-8"))
"""


async def test_another_right_answer_is_done(lab: ModuleType) -> None:
    """Two bytes put together by hand are as good as `int.from_bytes`."""
    assert (await check_answer(EXERCISE, EXERCISE.answer_of(UNPACKED))).state == "done"
