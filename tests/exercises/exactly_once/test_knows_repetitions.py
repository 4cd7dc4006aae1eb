"""Right answers to the server that are written otherwise."""

from __future__ import annotations

from types import ModuleType

from labkit.exercises.check import check_answer
from labkit.exercises.exactly_once.knows_repetitions import EXERCISE

DICTIONARY = """
import json


def make_server():
    messages = {}

    async def handler(websocket):
        async for message in websocket:
            key, text = json.loads(message)
            messages.setdefault(key, text)
            await websocket.send("stored")

    async def stored():
        return messages.values()

    return handler, stored
"""


async def test_another_right_answer_is_done(patient_lab: ModuleType) -> None:
    """A dictionary by key is a store and its memory in one."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(DICTIONARY))
    assert outcome.state == "done", outcome
