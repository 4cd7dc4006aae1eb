"""Right answers to the pick of a way that are written otherwise."""

from __future__ import annotations

from types import ModuleType

from labkit.exercises.check import check_answer
from labkit.exercises.four_ways.picks_a_way import EXERCISE

RULES = """
def pick(delay, both_speak, is_binary, blocked):
    may_stream = "sse" not in blocked and not is_binary
    may_upgrade = "websocket" not in blocked
    match (delay >= 60, both_speak, may_upgrade, may_stream):
        case (True, _, _, _):
            return "poll"
        case (_, True, True, _) | (_, False, True, False):
            return "websocket"
        case (_, _, _, True):
            return "sse"
    return "longpoll"
"""


async def test_another_right_answer_is_done(lab: ModuleType) -> None:
    """A table of cases is as good as a loop."""
    assert (await check_answer(EXERCISE, EXERCISE.answer_of(RULES))).state == "done"


async def test_the_case_is_a_call_that_can_be_typed(lab: ModuleType) -> None:
    """The learner can run it in a cell."""
    source = EXERCISE.mistakes[0].source
    outcome = await check_answer(EXERCISE, EXERCISE.answer_of(source))
    assert outcome.case == "pick(1, False, False, ())"
    assert outcome.expected == "'sse', because only the server speaks, in text."
