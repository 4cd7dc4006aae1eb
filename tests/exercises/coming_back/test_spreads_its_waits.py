"""Right and wrong schedules of waits that are written otherwise."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.coming_back.spreads_its_waits import EXERCISE

UNIFORM = """
from itertools import chain, repeat, takewhile


def bounds(first, cap):
    while first < cap:
        yield first
        first += first


def spread(first, cap, dice):
    return (dice.uniform(each / 2, each) for each in chain(bounds(first, cap), repeat(cap)))
"""

DOWNWARDS = """
def spread(first, cap, dice):
    attempt = 0
    while True:
        longest = min(first * 2 ** min(attempt, 100), cap)
        yield longest - dice.random() * longest / 2
        attempt += 1
"""


@pytest.mark.parametrize("source", [UNIFORM, DOWNWARDS], ids=["uniform", "downwards"])
async def test_another_right_answer_is_done(source: str, patient_lab: ModuleType) -> None:
    """An iterator is as good as a generator, and any way to draw the random half."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "done"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("longest = min(2 * longest, cap)", "longest = 2 * longest", "longer than the cap"),
        ("longest = min(first, cap)", "longest = first", "It is 2.13."),
        (
            "dice.random() * longest / 2",
            "dice.random() * longest / 8",
            "For many clients it lies between",
        ),
        ("while True:", "for _ in range(5):", "It ended after 5."),
        ("while True:", "for _ in range(100):", "It ended after 100."),
        ("yield", "return", "on which `next` cannot be called"),
        ("dice.random()", "__import__('random').random()", "Two calls with the same dice differ."),
        ("def spread", "async def spread", "contains `yield`"),
    ],
)
async def test_a_wrong_answer(old: str, new: str, told: str, lab: ModuleType) -> None:
    """What is wrong is said: the bounds, the end, the source of the random half."""
    source = EXERCISE.solution.replace(old, new)
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet" and told in outcome.happened


@pytest.mark.parametrize(
    ("drawn", "shares", "told"),
    [
        ("share = dice.random()", "share", "wait number 2 follows from wait number 1"),
        ("share = dice.random()", "abs(attempt % 2 - share)", "a long one there has a short one"),
        ("shares = [dice.random() for _ in range(5)]", "shares[attempt % 5]", "wait number 6"),
        ("share = dice.random()", "(share if attempt > 5 else dice.random())", "wait number 8"),
    ],
)
async def test_one_draw_for_several_waits(
    drawn: str, shares: str, told: str, lab: ModuleType
) -> None:
    """Whoever reuses a draw spreads the clients, but not the waits of each."""
    source = EXERCISE.solution.replace("dice.random()", shares)
    source = source.replace("    while True:", f"    attempt = 0\n    {drawn}\n    while True:")
    source = source.replace(
        "        longest = min(2", "        attempt += 1\n        longest = min(2"
    )
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet" and told in outcome.happened
    assert outcome.expected == "Each wait has a random half of its own."
