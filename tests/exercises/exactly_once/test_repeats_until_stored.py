"""Right answers to the sender that are written otherwise."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.exactly_once.repeats_until_stored import EXERCISE

NEW_CONNECTIONS = """
from websockets.exceptions import ConnectionClosed


class Sender:
    def __init__(self, connect):
        self.connect = connect

    async def say(self, text):
        async for websocket in self.connect():
            try:
                await websocket.send(text)
                if await websocket.recv() == "stored":
                    await websocket.close()
                    return
            except ConnectionClosed:
                continue
"""

BOUNDED = EXERCISE.solution.replace("        while True:\n", "        for _ in range(50):\n")


@pytest.mark.parametrize("source", [NEW_CONNECTIONS, BOUNDED], ids=["connections", "bounded"])
async def test_another_right_answer_is_done(source: str, patient_lab: ModuleType) -> None:
    """A connection for each message, or a bound of fifty attempts, are right as well."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "done", outcome
