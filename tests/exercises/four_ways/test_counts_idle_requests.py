"""Right answers to the cost of silence that are written otherwise."""

from __future__ import annotations

from types import ModuleType

from labkit.exercises.check import check_answer
from labkit.exercises.four_ways.counts_idle_requests import EXERCISE

COUNTED = """
def idle_requests(way, clients, seconds, period):
    if not way.endswith("poll"):
        return 0
    return sum(1 for _ in range(clients) for _ in range(period, seconds + 1, period))
"""


async def test_another_right_answer_is_done(lab: ModuleType) -> None:
    """Counting each request is as good as a formula."""
    assert (await check_answer(EXERCISE, EXERCISE.answer_of(COUNTED))).state == "done"


async def test_requests_are_whole_numbers(lab: ModuleType) -> None:
    """12.0 requests are not 12."""
    source = EXERCISE.solution.replace("//", "/")
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.happened == "It returned 12.0."
