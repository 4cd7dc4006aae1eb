"""Right answers to the orders that are written otherwise."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.rooms.says_no import EXERCISE

CHECKS = """
import socketio


def make_shop(stock):
    sio = socketio.AsyncServer(async_mode="aiohttp")

    def why_not(arguments):
        if len(arguments) != 2:
            return "an order has two arguments"
        what, number = arguments
        if not isinstance(what, str) or what not in stock:
            return "there is no such thing"
        if not isinstance(number, int) or number < 1:
            return "a number is whole, and at least 1"
        return "" if number <= stock[what] else "too many"

    @sio.on("order")
    async def order(sid, *arguments):
        if error := why_not(arguments):
            return {"ok": False, "error": error}
        what, number = arguments
        stock[what] -= number
        left = stock[what]
        await sio.emit("ordered", arguments, skip_sid=sid)
        return {"left": left, "ok": True}

    return sio
"""

CATCHES_ALL = """
import socketio


def make_shop(stock):
    sio = socketio.AsyncServer(async_mode="aiohttp")

    def take(what, number):
        if number not in range(1, stock[what] + 1):
            raise ValueError("not in stock")
        stock[what] -= int(number)

    @sio.on("order")
    async def order(sid, *arguments):
        try:
            take(*arguments)
        except Exception as error:
            return {"ok": False, "error": repr(error)}
        await sio.emit("ordered", arguments, skip_sid=sid)
        return {"ok": True, "left": stock[arguments[0]]}

    return sio
"""


@pytest.mark.parametrize("source", [CHECKS, CATCHES_ALL], ids=["checks", "catches all"])
async def test_another_right_answer_is_done(source: str, patient_lab: ModuleType) -> None:
    """To look first is as good as to catch what is raised."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "done", outcome


@pytest.mark.parametrize(
    ("change", "expected", "happened"),
    [
        (
            ('return {"ok": True, "left": left}', "return True, left"),
            'acknowledged with {"ok": True, "left": 1}: there were 3.',
            "acknowledged with several values: (True, 1).",
        ),
        (
            ('"error": f"order 1 to {stock[what]} of it"', '"error": ""'),
            "only 1 is left",
            "acknowledged with {'ok': False, 'error': ''}.",
        ),
        (
            ("(what, number), skip_sid", "[what, number], skip_sid"),
            'bob hears ordered("coffee", 2): there were 3.',
            """bob heard 'ordered(["coffee", 2])'.""",
        ),
        (
            (", skip_sid=sid", ""),
            'bob hears ordered("coffee", 2): there were 3.',
            """alice heard 'ordered("coffee", 2)'.""",
        ),
    ],
)  # fmt: skip
async def test_a_wrong_answer(
    change: tuple[str, str], expected: str, happened: str, lab: ModuleType
) -> None:
    """It is said what alice was told, and what others heard."""
    assert change[0] in EXERCISE.solution
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(EXERCISE.solution.replace(*change)))
    assert expected in outcome.expected and happened in outcome.happened, outcome


async def test_others_hear_of_what_was_refused(lab: ModuleType) -> None:
    """To announce first and to check then lets the others hear what never happened."""
    emit = '        await sio.emit("ordered", (what, number), skip_sid=sid)\n'
    source = EXERCISE.solution.replace(emit, "").replace(
        "        if type", f"{emit}        if type"
    )
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.expected == "Nobody hears of it: only 1 is left."


@pytest.mark.parametrize(
    ("number", "orders"),
    [
        (0, ["'coffee', 2", "'coffee', 2"]),
        (1, ["'coffee', 2", "'coffee', 2", "'coffee', 1"]),
        (2, ["'tea', -1"]),
        (3, ["'tea'"]),
    ],
)
async def test_the_case_has_the_orders_that_matter(
    number: int, orders: list[str], lab: ModuleType
) -> None:
    """An order that depends on no other stands alone."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(EXERCISE.mistakes[number].source))
    given = [f"alice emits 'order', {each}" for each in orders]
    assert outcome.case.splitlines() == ["alice connects", "bob connects", *given]
