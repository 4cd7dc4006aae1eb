"""Right answers to the rule of the sender that are written otherwise."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.raw_chat.skips_the_sender import EXERCISE

BROADCAST = """
from websockets.asyncio.server import broadcast

people = set()


async def handler(websocket):
    people.add(websocket)
    try:
        async for message in websocket:
            broadcast(people - {websocket}, message)
    finally:
        people.discard(websocket)
"""

CONDITION = """
people = []


async def handler(websocket):
    people.append(websocket)
    try:
        while True:
            message = await websocket.recv()
            for person in list(people):
                if person is not websocket:
                    await person.send(message)
    finally:
        people.remove(websocket)
"""


@pytest.mark.parametrize("source", [BROADCAST, CONDITION], ids=["broadcast", "condition"])
async def test_another_right_answer_is_done(source: str, lab: ModuleType) -> None:
    """The library's broadcast, or a list, `recv` and a condition, are as good as the solution."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "done"


async def test_a_message_that_is_changed(lab: ModuleType) -> None:
    """What is heard is what was said; the case and the ladder show it."""
    source = EXERCISE.solution.replace("send(message)", "send(message.upper())")
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.happened == "bob and carol did not hear 'one'."
    assert outcome.case == "alice, bob and carol connect\nalice says 'one'"
    assert "ONE" in repr(outcome.picture)


async def test_a_message_that_is_sent_twice(lab: ModuleType) -> None:
    """Once is enough."""
    twice = "send(message)\n                await person.send(message)"
    source = EXERCISE.solution.replace("send(message)", twice)
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet" and "['one', 'one'" in outcome.happened


async def test_the_same_word_twice(lab: ModuleType) -> None:
    """Each message is one, also if it says what the one before said."""
    source = EXERCISE.solution.replace(
        "            for person in members",
        "            if message == getattr(websocket, 'last', None):\n"
        "                continue\n"
        "            websocket.last = message\n"
        "            for person in members",
    )
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet" and "'four', 'again', 'last'] instead" in outcome.happened
