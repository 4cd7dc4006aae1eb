"""Right answers to the envelope that are written otherwise."""

from __future__ import annotations

from types import ModuleType

from labkit.exercises.check import check_answer
from labkit.exercises.raw_chat.signs_messages import EXERCISE

NAMES = """
import json

from websockets.asyncio.server import broadcast

names = {}


def sealed(sender, text):
    return json.dumps({"text": text, "from": sender}, indent=1)


async def handler(websocket):
    async for message in websocket:
        if websocket in names:
            broadcast(names.keys() - {websocket}, sealed(names[websocket], message))
        else:
            names[websocket] = message
            await websocket.send(sealed("server", "welcome, " + message))
    names.pop(websocket, None)
"""


async def test_another_right_answer_is_done(patient_lab: ModuleType) -> None:
    """Names in a dict, the keys in another order, and spaces in the JSON change nothing."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(NAMES))
    assert outcome.state == "done"


async def test_a_silent_server(lab: ModuleType) -> None:
    """Without a welcome nobody knows who may hear what."""
    source = EXERCISE.solution.replace("    await websocket.send", "    print")
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.happened == "alice heard nothing."
    assert outcome.case.splitlines()[-1] == "alice says 'alice', the name"


async def test_an_envelope_within_an_envelope(lab: ModuleType) -> None:
    """The text is the text, not JSON once more."""
    source = EXERCISE.solution.replace('"text": message', '"text": json.dumps(message)')
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet" and "bob heard" in outcome.happened
