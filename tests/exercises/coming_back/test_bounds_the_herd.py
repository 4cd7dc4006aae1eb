"""Right and wrong entrances that are written otherwise."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.coming_back.bounds_the_herd import EXERCISE

QUEUE = """
import asyncio
from collections import deque

AT_ONCE, WAITING = 2, 3


class Entrance:
    def __init__(self, load):
        self.load = load
        self.loading = 0
        self.line = deque()

    async def handler(self, websocket):
        if self.loading < AT_ONCE:
            self.loading += 1
        elif len(self.line) < WAITING:
            turn = asyncio.Event()
            self.line.append(turn)
            await turn.wait()
        else:
            return await websocket.close(1013, "come back in a minute")
        try:
            history = await self.load()
        except OSError:
            return await websocket.close(1011, "no history")
        finally:
            if self.line:
                self.line.popleft().set()
            else:
                self.loading -= 1
        await websocket.send(history)
        async for message in websocket:
            await websocket.send(message)
"""


async def test_another_right_answer_is_done(patient_lab: ModuleType) -> None:
    """A queue by hand, and a failure that is answered, are as good as a semaphore."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(QUEUE))
    assert outcome.state == "done"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Semaphore(AT_ONCE)", "Semaphore(1)", "Only 1 of them loads."),
        ("close(1013)", "close(1000)", "The server closed frank's connection: 1000"),
        ("            self.entering -= 1", "            pass", "heidi's connection"),
        ("AT_ONCE + WAITING:", "WAITING:", "dave's connection"),
        ("await websocket.send(history)", "pass", "she heard []"),
        ("            await websocket.send(message)", "            pass", "she heard ["),
    ],
)
async def test_a_wrong_answer(old: str, new: str, told: str, lab: ModuleType) -> None:
    """Who is turned away or kept waiting without need is named."""
    source = EXERCISE.solution.replace(old, new)
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet" and told in outcome.happened


async def test_the_last_comes_first(lab: ModuleType) -> None:
    """Turns are taken in the order of arrival."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(QUEUE.replace("popleft()", "pop()")))
    assert outcome.state == "not yet" and "carol heard []" in outcome.happened


async def test_places_of_those_who_are_cut_off(lab: ModuleType) -> None:
    """A place is free again also when its client is gone before anything can be sent."""
    source = EXERCISE.solution.replace(
        """\
        finally:
            self.entering -= 1
        await websocket.send(history)
""",
        """\
        except BaseException:
            self.entering -= 1
            raise
        await websocket.send(history)
        self.entering -= 1
""",
    )
    assert source != EXERCISE.solution
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet" and "pia" in outcome.happened, outcome
