"""Decisions that are asked for with several people's numbers."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.exercises.court.brief import Case, judge_by

CASES = (
    Case({"costs": {"a": 1, "b": 2}, "limit": 2}, "b", "Both fit."),
    Case({"costs": {"a": 1, "b": 3}, "limit": 2}, "a", "Only a fits."),
)


def last(costs: dict[str, int], limit: int) -> str:
    """Return the last that fits, and leave nothing of the argument."""
    fitting = [name for name, cost in costs.items() if cost <= limit]
    costs.clear()
    return fitting[-1]


async def test_right(lab: Any) -> None:
    """What decides every case is right, also if it changes what it was given."""
    judge = judge_by(*CASES)
    assert await judge(last, lab) is None
    assert await judge(last, lab) is None


@pytest.mark.parametrize(
    ("found", "told"), [("a", "It returned 'a'."), (None, "It returned None.")]
)
async def test_the_first_wrong_case(found: Any, told: str, lab: Any) -> None:
    """The reason, what was returned, and the numbers of the first wrong case are said."""
    outcome = await judge_by(*CASES)(lambda costs, limit: found, lab)
    assert outcome is not None
    assert outcome.expected == "Both fit. So: 'b'." and outcome.happened == told
    assert outcome.case == "costs = {'a': 1, 'b': 2}\nlimit = 2"


async def test_another_type_is_wrong(lab: Any) -> None:
    """A tuple is not the list that was asked for, nor is 1 the answer True."""
    judge = judge_by(Case({}, ["a"], "A list."))
    assert await judge(lambda: ("a",), lab) is not None
    judge = judge_by(Case({}, True, "A truth."))
    assert await judge(lambda: 1, lab) is not None
