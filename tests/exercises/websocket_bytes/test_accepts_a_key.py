"""Right answers to the accept key that are written otherwise."""

from __future__ import annotations

from types import ModuleType

from labkit.exercises.check import check_answer
from labkit.exercises.websocket_bytes.accepts_a_key import EXERCISE

LIBRARY = """
from websockets.utils import accept_key

def accept(lines):
    headers = {name.strip().casefold(): value.strip() for name, value in
               (line.split(":", 1) for line in lines[1:])}
    key = headers.get("sec-websocket-key")
    return key and accept_key(key)
"""


async def test_another_right_answer_is_done(lab: ModuleType) -> None:
    """The library's own function, and a dict of headers, are as good as the solution."""
    assert (await check_answer(EXERCISE, EXERCISE.answer_of(LIBRARY))).state == "done"
