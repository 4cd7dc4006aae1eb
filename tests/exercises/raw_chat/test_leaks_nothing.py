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


KEEPS_THE_LAST = """
members = set()
history = []


async def handler(websocket):
    members.add(websocket)
    try:
        async for message in websocket:
            history.append((websocket, message))
            for person in members - {websocket}:
                await person.send(message)
    finally:
        members.discard(websocket)
        if members:
            history[:] = [pair for pair in history if pair[0] in members]
"""

FORGETS_THOSE_WHO_LEFT = KEEPS_THE_LAST.replace("        if members:\n    ", "")


@pytest.mark.parametrize(
    "source",
    [WEAK, CONTEXT, FORGETS_THOSE_WHO_LEFT],
    ids=["weak references", "context manager", "a history"],
)
async def test_another_right_answer_is_done(source: str, patient_lab: ModuleType) -> None:
    """Weak references keep nothing; a context manager, or a history, may let go like `finally`."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "done"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("log.append(websocket)", "Both connections"),
        ("log.append((websocket, message))", "Both connections"),
        ("log[:] = [(websocket, message)]", "One connection is still in memory: dave's"),
    ],
)
async def test_a_log_of_connections_is_a_leak(line: str, told: str, lab: ModuleType) -> None:
    """Whatever holds a connection, in the set or elsewhere, alone or in a pair, it is found."""
    loop = "            broadcast("
    source = EXERCISE.solution.replace(loop, f"            {line}\n{loop}")
    assert line in source
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(f"log = []\n{source}"))
    assert outcome.state == "not yet" and told in outcome.happened


async def test_a_log_of_the_last_ones_is_a_leak(lab: ModuleType) -> None:
    """A history whose pairs hold those who stayed is a leak as soon as they have left as well."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(KEEPS_THE_LAST))
    assert outcome.state == "not yet"
    assert outcome.happened == "One connection is still in memory: bob's, whose line was cut."
    assert outcome.case.endswith("alice closes the connection (1000)\nbob's line is cut")


async def test_somebody_who_hears_too_much(lab: ModuleType) -> None:
    """The check of a leak is one of the others' messages, too."""
    source = EXERCISE.solution.replace("members - {websocket}", "set(members)")
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet" and "'still here'" in outcome.happened


async def test_the_case_is_what_that_client_did(lab: ModuleType) -> None:
    """Where one connection is kept, the case leaves out what the client did that was let go."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(EXERCISE.mistakes[1].source))
    assert outcome.happened == "One connection is still in memory: dave's, whose line was cut."
    assert outcome.case.splitlines() == [
        "alice, bob, carol and dave connect",
        "dave says 'this is dave'",
        "dave's line is cut",
    ]
