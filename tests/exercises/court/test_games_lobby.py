"""Right and wrong decisions that are computed otherwise."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.court.games_lobby import EXERCISE

OTHERWISE = """
def choose_for_lobby(needs, lines, latency, distance, limit):
    best = None
    for stack, own in latency.items():
        total = sum(lines[need][stack] for need in needs)
        if own + distance <= limit and (best is None or total < best[0]):
            best = total, stack
    return best and best[1]
"""


async def test_another_right_answer_is_done(lab: ModuleType) -> None:
    """Which way it is computed does not matter."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(OTHERWISE))
    assert outcome.state == "done"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("min(fast", "max(fast", "rooms take fewer lines"),
        ("<= limit", ">= limit", "50 ms of distance"),
        ("default=None", 'default="socketio"', "The distance counts, too"),
    ],
)
async def test_a_wrong_answer(old: str, new: str, told: str, lab: ModuleType) -> None:
    """The reason is said."""
    source = EXERCISE.solution.replace(old, new)
    assert source != EXERCISE.solution
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet" and told in outcome.expected
