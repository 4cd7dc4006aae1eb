"""Right and wrong clients that come back, written otherwise."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.coming_back.stays_connected import EXERCISE

SLEEP = EXERCISE.solution.splitlines()[-1].strip()

IN_PARTS = """
import asyncio

from websockets.exceptions import WebSocketException


class SentAway(Exception):
    pass


async def visit(connect, heard):
    successful = False
    try:
        async with connect() as websocket:
            await websocket.send("I am alice")
            try:
                async for message in websocket:
                    successful = True
                    heard(message)
            finally:
                if websocket.close_code == 4001:
                    raise SentAway
    except (OSError, WebSocketException):
        pass
    return successful


async def stay_connected(connect, delays, heard):
    try:
        while True:
            for wait in delays():
                if await visit(connect, heard):
                    await asyncio.sleep(wait)  # sleeps: a learner's backoff
                    break
                await asyncio.sleep(wait)  # sleeps: a learner's backoff
    except SentAway:
        return
"""


async def test_another_right_answer_is_done(lab: ModuleType) -> None:
    """A series of waits may be a loop, which takes each wait before the attempt."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(IN_PARTS))
    assert outcome.state == "done"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (SLEEP, "pass", "without a wait from `delays()`"),
        (SLEEP, "next(waits)", "and did not wait"),
        ("(OSError, WebSocketException)", "WebSocketException", "ConnectionRefusedError"),
        ("(OSError, WebSocketException)", "OSError", "It raised InvalidMessage"),
        ("pass\n", "return\n", "It returned."),
        ("heard(await websocket.recv())", "await websocket.recv()", "`heard` was called with []"),
        ("I am alice", "hello", "with a server that listens, it said 'hello'"),
        ("return\n", "await asyncio.Event().wait()\n", "It did not return."),
    ],
)
async def test_a_wrong_answer(old: str, new: str, told: str, lab: ModuleType) -> None:
    """What it did instead of coming back, waiting, listening or staying away is said."""
    source = EXERCISE.solution.replace(old, new)
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet" and told in outcome.happened
