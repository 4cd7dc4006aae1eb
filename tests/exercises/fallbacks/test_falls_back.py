"""Right answers to the chain that are written otherwise."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.fallbacks.falls_back import EXERCISE

HELPERS = """
import asyncio
from uuid import uuid4


async def prove(way):
    await way.open()
    token = uuid4().hex
    await way.say(token)
    while True:
        if await way.hear() == token:
            return


async def open_first(ways, patience):
    reasons = {}
    for name in ways:
        try:
            await asyncio.wait_for(prove(ways[name]), patience)
        except TimeoutError:
            reasons[name] = f"no proof within {patience} s"
        except OSError as error:
            reasons[name] = repr(error)
        else:
            return (name, reasons)
        finally:
            if name in reasons:
                await ways[name].close()
    raise ConnectionRefusedError("; ".join(f"{name}: {why}" for name, why in reasons.items()))
"""


async def test_another_right_answer_is_done(patient_lab: ModuleType) -> None:
    """A function for the proof, `wait_for`, and an error of another class are as good."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(HELPERS))
    assert outcome.state == "done", outcome


CLOSE = "            await way.close()\n"
GO_ON = 'refusals[name] = str(error) or "no proof in time"'


@pytest.mark.parametrize(
    ("change", "happened"),
    [
        ((CLOSE, ""), "It left 'websocket' as it was."),
        (("            return name", f"{CLOSE}            return name"), "'polling' is closed."),
        (("ways.items()", "reversed(ways.items())"), "It took 'polling', which works."),
        (("return name, refusals", "return name"), "It returned 'websocket'."),
        (("return name, refusals", "return name, {}"), "It has []."),
        (("return name, refusals", "return way, refusals"), "It returned (<way websocket>, {})."),
        ((GO_ON, "refusals[name] = error"), "The reason for 'websocket' is ConnectError("),
        ((GO_ON, 'refusals[name] = "no"'), "The reason for 'websocket' is 'no'."),
        (("raise ConnectionError(", "print("), "It returned None."),
        (("no way works: {refusals}", "no way works"), "missing in 'no way works'."),
        (("raise ConnectionError(", "raise KeyError("), "It raised KeyError"),
        (
            ("    refusals = {}\n", "    refusals = {}\n    for way in ways.values():\n"
             "        await asyncio.wait({asyncio.create_task(way.open())}, timeout=patience)\n"),
            "It opened 'polling', too.",
        ),
        (("    refusals = {}\n", "    await asyncio.Event().wait()\n"), "and tried no way."),
    ],
)  # fmt: skip
async def test_a_wrong_answer(change: tuple[str, str], happened: str, lab: ModuleType) -> None:
    """It is said what it did, and the case says what the ways are like."""
    assert change[0] in EXERCISE.solution
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(EXERCISE.solution.replace(*change)))
    assert outcome.state == "not yet" and happened in outcome.happened, outcome


IN_PARTS = """
import asyncio


async def open_first(ways, patience):
    refusals = {}
    for name, way in ways.items():
        try:
            await asyncio.wait_for(way.open(), patience)
            await asyncio.wait_for(way.say("are you there?"), patience)
            while await asyncio.wait_for(way.hear(), patience) != "are you there?":
                pass
            return name, refusals
        except OSError as error:
            refusals[name] = str(error) or "no proof in time"
            await way.close()
    raise ConnectionError(f"no way works: {refusals}")
"""


@pytest.mark.exhaustive
async def test_a_patience_for_each_call(lab: ModuleType) -> None:
    """`patience` is for a way in all, not for each thing that is asked of it."""
    await lab.fresh(timescale=3)  # on a busy machine, each thing may take long
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(IN_PARTS))
    assert outcome.happened == (
        "It took 'websocket', which takes 0.6 of `patience` to open, and 0.6 of it to bring an "
        "answer."
    )
    assert outcome.case.splitlines()[1] == "polling: works"


async def test_the_case(lab: ModuleType) -> None:
    """The smallest case is one way that does not work, and one that does."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(EXERCISE.mistakes[2].source))
    assert outcome.case == (
        "websocket: opens and brings the welcome, and loses whatever is said to the server\n"
        "polling: works"
    )
