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


LOOP = EXERCISE.solution.replace(
    "            broadcast(members - {websocket}, message)\n",
    """\
            for person in members - {websocket}:
                await person.send(message)
""",
)

SLOW = LOOP.replace(
    "                await person",
    """\
                await asyncio.sleep(0.01)  # sleeps: the answer is slow
                await person""",
).replace("members = set()", "import asyncio\n\nmembers = set()")

BY_CHANCE = """
import asyncio
import random

members = set()
tasks = set()


async def send_soon(person, message):
    await asyncio.sleep(random.uniform(0, 0.002))  # sleeps: what is wrong
    await person.send(message)


async def handler(websocket):
    members.add(websocket)
    try:
        async for message in websocket:
            for person in members - {websocket}:
                task = asyncio.create_task(send_soon(person, message))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
    finally:
        members.discard(websocket)
"""


@pytest.mark.parametrize(
    "source", [BROADCAST, CONDITION, SLOW], ids=["broadcast", "condition", "slow"]
)
async def test_another_right_answer_is_done(source: str, patient_lab: ModuleType) -> None:
    """The library's broadcast, a list with `recv` and a condition, or a slow one, are as good."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "done"


async def test_a_message_that_is_changed(lab: ModuleType) -> None:
    """What is heard is what was said; the case and the ladder show it."""
    source = LOOP.replace("send(message)", "send(message.upper())")
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.happened == "bob and carol did not hear 'one'."
    assert outcome.case == "alice, bob and carol connect\nalice says 'one'"
    assert "ONE" in repr(outcome.picture)


async def test_a_message_that_is_sent_twice(lab: ModuleType) -> None:
    """Once is enough."""
    twice = "send(message)\n                await person.send(message)"
    source = LOOP.replace("send(message)", twice)
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet" and "['one', 'one'" in outcome.happened


async def test_the_same_word_twice(lab: ModuleType) -> None:
    """Each message is one, also if it says what the one before said."""
    source = LOOP.replace(
        "            for person in members",
        "            if message == getattr(websocket, 'last', None):\n"
        "                continue\n"
        "            websocket.last = message\n"
        "            for person in members",
    )
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert (
        outcome.state == "not yet"
        and "heard ['again', '1', '2', '3'] instead of ['again', 'again'" in outcome.happened
    )


async def test_delays_by_chance(lab: ModuleType) -> None:
    """A task for each message that waits for a random time, however short, changes the order."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(BY_CHANCE))
    assert outcome.state == "not yet"
    assert outcome.expected == "Everybody but the sender hears them, in order."
    assert outcome.case.endswith("alice says 'again', 'again' and then '1' to '20' at once")
