"""Right and wrong timings that are computed otherwise."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.heartbeats.fits_a_budget import EXERCISE

GENEROUS = """
def timings(budget, slowest, idle):
    left = budget - slowest - slowest
    if min(left, idle / 2) < 1:
        return
    interval = left if 2 * left <= idle else idle / 2
    spare = budget - interval - 2 * slowest
    return dict(
        close_timeout=slowest + spare / 2, ping_timeout=slowest + spare / 2, ping_interval=interval
    )
"""


async def test_another_right_answer_is_done(lab: ModuleType) -> None:
    """What is left of the budget may go into the timeouts, if no ping is saved by it."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(GENEROUS))
    assert outcome.state == "done"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"ping_timeout": slowest', '"ping_timeout": 1', "a living client is given up"),
        ('"close_timeout": slowest', '"close_timeout": 1', "comes too late"),
        ("min(budget - 2 * slowest, idle / 2)", "idle / 2", "A ping, and the wait for its answer"),
        ("idle / 2)", "idle)", "the proxy has hung up"),
        ("< 1", "< 2", "It returned None."),
        ("< 1", "< 0", "It returned timings."),
        ('"ping_interval"', '"interval"', "It returned something else."),
        ('"ping_interval": interval', '"ping_interval": "35"', "It returned something else."),
    ],
)
async def test_a_wrong_answer(old: str, new: str, told: str, lab: ModuleType) -> None:
    """The harm that the timings do is said."""
    source = EXERCISE.solution.replace(old, new)
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet" and told in outcome.happened
