"""Right and wrong heartbeats that are written otherwise."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.heartbeats.asks_with_messages import EXERCISE

A_TASK_BESIDE = """
import asyncio
import time

last = {}


async def watch(websocket, interval, timeout):
    while True:
        quiet = time.monotonic() - last[websocket]
        if quiet < interval:
            await asyncio.sleep(interval - quiet)  # sleeps: a learner's heartbeat
            continue
        asked = time.monotonic()
        await websocket.send("ping")
        while last[websocket] < asked and time.monotonic() - asked < timeout:
            await asyncio.sleep(0.01)  # sleeps: a learner's heartbeat
        if last[websocket] < asked:
            await websocket.close(4000)
            return


async def handler(websocket, interval, timeout):
    last[websocket] = time.monotonic()
    watching = asyncio.create_task(watch(websocket, interval, timeout))
    try:
        async for message in websocket:
            last[websocket] = time.monotonic()
            if message != "pong":
                for person in [*last]:
                    if person is not websocket:
                        await person.send(message)
    finally:
        watching.cancel()
        del last[websocket]
"""


async def test_another_right_answer_is_done(patient_lab: ModuleType) -> None:
    """A task beside the loop that looks at the time of the last message is as good."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(A_TASK_BESIDE))
    assert outcome.state == "done"


STAYS_IN_THE_SET = EXERCISE.solution.replace("people.discard(websocket)", "pass").replace(
    "broadcast(people - {websocket}, message)",
    """for person in people - {websocket}:
                        await person.send(message)""",
)


async def test_who_left_breaks_the_chat(lab: ModuleType) -> None:
    """Who stays in the set after leaving makes a later message fail."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(STAYS_IN_THE_SET))
    assert outcome.state == "not yet"
    assert "those who stay chat on" in outcome.expected
    assert "closed alice's connection: 1011" in outcome.happened
    assert "dave connects, and his line leads into a black hole" in outcome.case
    assert "alice says 'all here?'" in outcome.case


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("timeout if asked else interval", "interval", "The server closed"),
        ("timeout if asked else interval", "0 if asked else interval", "The server closed"),
        ("close(4000)", "close(1000)", "The server closed carol's connection: 1000"),
        ("broadcast(people - {websocket}, message)", "pass", "alice heard none"),
        ('await websocket.send("ping")', "pass", "Bob heard nothing."),
        ("                asked = False\n", "", "He was asked once."),
    ],
)
async def test_a_wrong_answer(old: str, new: str, told: str, lab: ModuleType) -> None:
    """Who was closed too early, or not asked, is named."""
    source = EXERCISE.solution.replace(old, new)
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet" and told in outcome.happened
