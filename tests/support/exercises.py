"""An exercise that is small enough for tests of what surrounds exercises."""

from __future__ import annotations

from typing import Any

from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.outcome import Outcome, not_yet


async def judge(answer: Any, child: Any) -> Outcome | None:
    """Want a double."""
    heard = answer(21)
    return None if heard == 42 else not_yet("double(21) is 42", f"it is {heard!r}")


DOUBLE = Exercise(
    id="sums.doubles",
    title="double a number",
    task="Write `double`.",
    stub="def double(number): ...",
    hints=("Look at `*`.", "Two times it."),
    solution="def double(number):\n    return 2 * number",
    mistakes=(Mistake("def double(number):\n    return number**2", "it is 441"),),
    judge=judge,
    next="What is the double of a text?",
)
OTHER = Exercise(
    id="more.halves",
    title="halve a number",
    task="Write `halve`.",
    stub="def halve(number): ...",
    hints=("Look at `/`.", "Divide it by two."),
    solution="def halve(number):\n    return number / 2",
    mistakes=(),
    judge=judge,
    next="",
)
