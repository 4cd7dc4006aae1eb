"""A brief: a decision that is asked for with several people's numbers, one case at a time."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from labkit.bench.bench import Bench
from labkit.exercises.exercise import Judge
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.tried import tries
from labkit.transports.contract.expected import short_repr


@dataclass(frozen=True)
class Case:
    """Numbers, and what they decide.

    Attributes
    ----------
    arguments
        What the answer is called with, by name.
    wanted
        What a right answer returns.
    why
        Why, as a sentence.
    """

    arguments: dict[str, Any]
    wanted: Any
    why: str


def judge_by(*cases: Case) -> Judge:
    """Return a judge that calls an answer with each case, and stops at the first wrong one."""

    async def judge(answer: Any, child: Bench) -> Outcome | None:
        for case in cases:
            expected = f"{case.why} So: {short_repr(case.wanted)}."
            call = [f"{name} = {value!r}" for name, value in case.arguments.items()]
            tries(expected, call)
            found = answer(*deepcopy([*case.arguments.values()]))
            if type(found) is not type(case.wanted) or found != case.wanted:
                return not_yet(expected, f"It returned {short_repr(found)}.", "\n".join(call))
        return None

    return judge
