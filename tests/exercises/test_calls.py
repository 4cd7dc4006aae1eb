"""Judging pure functions by a table of calls."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.exercises.calls import Call, judge_calls

JUDGE = judge_calls("double", [Call((2,), 4, "for 2 + 2"), Call(([1],), [1, 1], "for a list")])


async def judged(answer: Any) -> tuple[str, str, str] | None:
    """Return what the judge says."""
    outcome = await JUDGE(answer, None)  # type: ignore[arg-type]
    return outcome and (outcome.expected, outcome.happened, outcome.case)


async def test_the_first_wrong_call_decides() -> None:
    """It is named with its result and the reason; a right answer gets None."""
    assert await judged(lambda number: number * 2) is None
    told = ("4, for 2 + 2.", "It returned 2.", "double(2)")
    assert await judged(lambda number: number) == told
    told = ("[1, 1], for a list.", "It returned [[1], [1]].", "double([1])")
    assert await judged(lambda number: number * 2 if number == 2 else [number, number]) == told


async def test_a_result_of_another_type_is_wrong() -> None:
    """4.0 equals 4, and True equals 1; who asks for a whole number gets one."""
    assert await judged(lambda number: number * 2.0) == (
        "4, for 2 + 2.",
        "It returned 4.0.",
        "double(2)",
    )


async def test_what_is_no_function() -> None:
    """A value and a coroutine function get a sentence, and no coroutine is left."""
    assert await judged(4) == ("The answer is the function `double`.", "It is 4.", "")

    async def later(number: int) -> int:
        return number * 2

    found = await judged(later)
    assert found is not None and "`def` without `async`" in found[1]


async def test_arguments_are_each_calls_own() -> None:
    """An answer that empties its argument spoils no later check."""

    def greedy(number: Any) -> Any:
        if number == 2:
            return 4
        return [number.pop()] * 2

    assert await judged(greedy) is None
    assert await judged(greedy) is None


@pytest.mark.parametrize("error", [ValueError, KeyError])
async def test_an_exception_is_the_runners(error: type[Exception]) -> None:
    """It shows the learner's lines."""

    def fails(number: int) -> int:
        raise error

    with pytest.raises(error):
        await judged(fails)
