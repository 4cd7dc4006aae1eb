"""Right and wrong decisions that are computed otherwise."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exercises.check import check_answer
from labkit.exercises.court.trading_screen import EXERCISE

OTHERWISE = """
def choose_for_screens(cpu, screens, rate, share):
    busy = {stack: screens * rate * each / 1e6 for stack, each in cpu.items()}
    if busy["socketio"] <= share:
        return "socketio"
    return "websocket" if busy["websocket"] <= share else None
"""


async def test_another_right_answer_is_done(lab: ModuleType) -> None:
    """Which way it is computed does not matter."""
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(OTHERWISE))
    assert outcome.state == "done"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('socketio", "websocket"', 'websocket", "socketio"', "both can pay for them"),
        ("1_000_000", "1_000", "100 deliveries a second"),
        ("return None", 'return "websocket"', "even on raw WebSocket"),
    ],
)
async def test_a_wrong_answer(old: str, new: str, told: str, lab: ModuleType) -> None:
    """The reason is said."""
    source = EXERCISE.solution.replace(old, new)
    assert source != EXERCISE.solution
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.state == "not yet" and told in outcome.expected
