"""Judging a pure function: by a table of calls, each with its result and the reason."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from labkit.exercises.exercise import Judge
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.tried import tries
from labkit.transports.contract.expected import short_repr


@dataclass(frozen=True)
class Call:
    """A call of an answer.

    Attributes
    ----------
    arguments
        The arguments, copied for each call.
    result
        What a right answer returns.
    why
        The reason, as a clause: it tells one tempting mistake from another.
    """

    arguments: tuple[Any, ...]
    result: Any
    why: str


def judge_calls(name: str, calls: Sequence[Call]) -> Judge:
    """Return a judge of pure functions: the first call with another result decides.

    Parameters
    ----------
    name
        The function's name in the stub.
    calls
        The calls, the plainest first.
    """

    async def judge(answer: Any, child: object) -> Outcome | None:
        if not callable(answer):
            return not_yet(f"The answer is the function `{name}`.", f"It is {short_repr(answer)}.")
        for call in calls:
            said = f"{name}({', '.join(map(short_repr, call.arguments))})"
            expected = f"{short_repr(call.result)}, {call.why}."
            tries(expected, [said])
            found = answer(*copy.deepcopy(call.arguments))
            if type(found) is type(call.result) and found == call.result:
                continue
            told = f"It returned {short_repr(found)}."
            if inspect.iscoroutine(found):
                found.close()
                told = "It returned a coroutine: nothing waits here, so `def` without `async`."
            return not_yet(expected, told, said)
        return None

    return judge
