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


async def test_another_right_answer_is_done(patient_lab: ModuleType) -> None:
    """A series of waits may be a loop, which takes each wait before the attempt."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(IN_PARTS))
    assert outcome.state == "done"


IN_PLACE_OF = {
    "one message": (
        "                while True:\n                    heard(await websocket.recv())\n",
        "                heard(await websocket.recv())\n"
        "                if await websocket.wait_closed() is None:\n",
        "`heard` was called with",
    ),
    "a hello is no message": (
        'send("I am alice")\n',
        'send("I am alice")\n                waits = delays()\n',
        "at a server that had not said a word",
    ),
    "dead at first": ("(OSError, WebSocketException)", "WebSocketException", "nobody listens"),
    "polite end": (
        "error.rcvd.code == 4001:",
        "error.rcvd.code in (1000, 4001):",
        "It returned.",
    ),
    "no wait after it": (
        "                return\n",
        "                return\n"
        "            if error.rcvd and error.rcvd.code == 1000:\n"
        "                continue\n",
        "without a wait",
    ),
}


@pytest.mark.parametrize("name", IN_PLACE_OF)
async def test_what_is_left_out_is_found(name: str, lab: ModuleType) -> None:
    """One message only, a dead server at first, a normal closure as a reason to leave or hurry."""
    old, new, told = IN_PLACE_OF[name]
    assert old in EXERCISE.solution
    try:
        outcome = await check_answer(
            EXERCISE, EXERCISE.answer_of(EXERCISE.solution.replace(old, new))
        )
    finally:
        lab.errors()
    assert outcome.state == "not yet" and told in outcome.happened, outcome
