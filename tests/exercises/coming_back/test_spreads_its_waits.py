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
async def test_another_right_answer_is_done(source: str, lab: ModuleType) -> None:
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
