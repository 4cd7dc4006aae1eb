"""Right answers without a leak that are written otherwise."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.raw_chat.leaks_nothing import EXERCISE

WEAK = """
from weakref import WeakSet

people = WeakSet()


async def handler(websocket):
    people.add(websocket)
    async for message in websocket:
        for person in set(people) - {websocket}:
            if person.state.name == "OPEN":
                await person.send(message)
"""

CONTEXT = """
from contextlib import contextmanager
from websockets.asyncio.server import broadcast

people = {}


@contextmanager
def registered(websocket):
    people[websocket.id] = websocket
    try:
        yield
    finally:
        del people[websocket.id]


async def handler(websocket):
    with registered(websocket):
        async for message in websocket:
            broadcast([each for each in people.values() if each is not websocket], message)
"""


@pytest.mark.parametrize("source", [WEAK, CONTEXT], ids=["weak references", "context manager"])
async def test_another_right_answer_is_done(source: str, lab: ModuleType) -> None:
    """Weak references keep nothing; a context manager tidies up as `finally` does."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "done"


async def test_a_log_of_connections_is_a_leak(lab: ModuleType) -> None:
    """Whatever holds the connection, in the set or elsewhere, it is found."""
    source = EXERCISE.solution.replace(
        "    members.add(websocket)\n", "    members.add(websocket)\n    log.append(websocket)\n"
    )
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(f"log = []\n{source}"))
    assert "both kinds of leaving" in outcome.happened


async def test_somebody_who_hears_too_much(lab: ModuleType) -> None:
    """The check of a leak is one of the others' messages, too."""
    source = EXERCISE.solution.replace("members - {websocket}", "set(members)")
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet" and "'still here'" in outcome.happened
