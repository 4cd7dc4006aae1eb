"""Right and wrong decisions that are computed otherwise."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.court.telemetry import EXERCISE

OTHERWISE = """
def choose_for_devices(memory, idle, devices, server, plan):
    room, hours = server * 2**20, 720
    light = [way for way, kib in memory.items() if devices * kib * 1024 <= room]
    cheap = [way for way in light if idle[way] * hours <= plan * 1e6]
    return sorted(cheap, key=lambda way: memory[way])
"""


async def test_another_right_answer_is_done(lab: ModuleType) -> None:
    """Which way it is computed does not matter."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(OTHERWISE))
    assert outcome.state == "done"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("key=memory.get)", "key=memory.get, reverse=True)", "the lightest is first"),
        (" and month <= plan", "", "A month has 720 hours"),
        ("heaviest <= server and ", "", "One server carries all"),
    ],
)
async def test_a_wrong_answer(old: str, new: str, told: str, lab: ModuleType) -> None:
    """The reason is said."""
    source = EXERCISE.solution.replace(old, new)
    assert source != EXERCISE.solution
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet" and told in outcome.expected
