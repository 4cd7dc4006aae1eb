"""Answers to the bounded queue that are written otherwise, right ones and wrong ones."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.slow_friend.drop_policy import EXERCISE

DEQUE = """
import asyncio
from collections import deque
from contextlib import suppress

from websockets.exceptions import ConnectionClosed


class Reader:
    def __init__(self, websocket):
        self.websocket = websocket
        self.waiting = deque(maxlen=20)
        self.something = asyncio.Event()

    def put(self, message):
        self.waiting.append(message)
        self.something.set()

    async def write(self):
        with suppress(ConnectionClosed):
            while await self.something.wait():
                self.something.clear()
                while self.waiting:
                    await self.websocket.send(self.waiting.popleft())


readers = set()


async def handler(websocket):
    own = Reader(websocket)
    readers.add(own)
    writer = asyncio.create_task(own.write())
    try:
        async for message in websocket:
            for reader in readers - {own}:
                reader.put(message)
            await asyncio.sleep(0)  # sleeps: for a turn, so that the writers run
    finally:
        readers.discard(own)
        writer.cancel()
"""


async def test_a_deque_does_it_too(patient_lab: ModuleType) -> None:
    """One with a bound drops the oldest by itself, and an event wakes the writer."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(DEQUE))
    assert outcome.state == "done"


@pytest.mark.parametrize(
    ("bound", "told"), [(5, "of the newest 20 in a row at the end"), (150, "more was kept than 20")]
)
async def test_a_queue_of_another_size(bound: int, told: str, lab: ModuleType) -> None:
    """Whoever keeps less than was asked for, or far more, is told so."""
    source = EXERCISE.solution.replace("maxsize=20", f"maxsize={bound}")
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet" and told in outcome.happened


@pytest.mark.exhaustive
async def test_a_handler_that_sends_nothing_on(lab: ModuleType) -> None:
    """Bob, who reads, hears nothing; and the check does not wait long for it."""
    source = EXERCISE.solution.replace("queue.put_nowait(message)", "pass")
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.happened == "bob heard none of them."
