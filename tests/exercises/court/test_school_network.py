"""Right and wrong decisions that are computed otherwise."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.court.school_network import EXERCISE

OTHERWISE = """
def choose_for_school(boxes, survives, sizes):
    best = None
    for way, size in sizes.items():
        dies = [box for box in boxes if not survives[box][way]]
        if not dies and (best is None or size < sizes[best]):
            best = way
    return best
"""


async def test_another_right_answer_is_done(lab: ModuleType) -> None:
    """Which way it is computed does not matter."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(OTHERWISE))
    assert outcome.state == "done"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("min(", "max(", "raw WebSocket has the smallest messages"),
        ("default=None", 'default="socketio"', "Nothing passes"),
        ("for box in boxes", "for box in boxes[:1]", "Both boxes are in the way"),
    ],
)
async def test_a_wrong_answer(old: str, new: str, told: str, lab: ModuleType) -> None:
    """The reason is said."""
    source = EXERCISE.solution.replace(old, new)
    assert source != EXERCISE.solution
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet" and told in outcome.expected
