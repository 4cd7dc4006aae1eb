"""Waits that grow up to a cap, half of each at random, without end."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from itertools import combinations, islice
from numbers import Real
from random import Random
from statistics import correlation
from typing import Any

from labkit.bench.bench import Bench
from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.tried import tries
from labkit.transports.contract.expected import short_repr

FIRST, CAP = 0.5, 20.0
"""Seconds of the calls that are shown."""

BOUNDS = (0.5, 1, 2, 4, 8, 16, 20, 20)
"""The longest waits, with these."""

DICE = [f"client {number}" for number in range(60)]
"""Seeds: among so many waits, some are near their ends."""

RELATED = 0.9
"""The correlation of two waits from which on they come from one draw.

Of 84 000 pairs of separate draws of so many clients, none reached 0.6.
"""

NIGHT = 3000
"""Attempts in a row: a power of two with so many doublings is no float any more."""

CLOSE = 1e-9

ENDLESS = f"An iterator of {len(BOUNDS)} waits and more."

CASE = f'list(islice(spread({FIRST}, {CAP:g}, Random("alice")), 8))'


async def _judge(answer: Any, child: Bench) -> Outcome | None:
    alice = _take(answer, "alice")
    if isinstance(alice, str):
        return not_yet(ENDLESS, alice, CASE)
    all_waits = [[float(each) for each in _take(answer, seed)] for seed in DICE]
    if told := _find_wrong(list(zip(*all_waits, strict=True))):
        return not_yet(*told)
    if related := _find_related(list(zip(*all_waits, strict=True))):
        return not_yet("Each wait has a random half of its own.", related, CASE)
    if _take(answer, "alice") != alice:
        return not_yet(
            "The same dice give the same waits.", "Two calls with the same dice differ.", CASE
        )
    return _judge_night(answer)


def _judge_night(answer: Any) -> Outcome | None:
    """Judge what a client gets that tries the whole night."""
    case = f'spread({FIRST}, {CAP:g}, Random("alice")), taken {NIGHT} times'
    tries("Waits without end.", [case])
    waits = list(islice(answer(FIRST, CAP, Random("alice")), NIGHT))
    if len(waits) < NIGHT:
        return not_yet("Waits without end.", f"It ended after {len(waits)}.", case)
    if any(not CAP / 2 - CLOSE <= wait <= CAP + CLOSE for wait in waits[len(BOUNDS) :]):
        return not_yet("It stays at the cap.", "Later waits are not what the cap allows.", case)
    expected, case = "Also the first wait is at most the cap.", 'next(spread(3, 2, Random("bob")))'
    tries(expected, [case])
    other = next(iter(answer(3, 2, Random("bob"))))
    if not 1 - CLOSE <= other <= 2 + CLOSE:
        return not_yet(expected, f"It is {other:.3g}.", case)
    return None


def _take(answer: Any, seed: str) -> Any:
    """Return the first waits, or a sentence on why there are none."""
    tries(ENDLESS, [CASE.replace("alice", seed)])
    found = answer(FIRST, CAP, Random(seed))
    if inspect.isasyncgen(found):
        return "It is asynchronous. Nothing is awaited here, so write `def` and `yield`."
    if not isinstance(found, Iterator):
        return f"It returned {short_repr(found)}, on which `next` cannot be called."
    waits = list(islice(found, len(BOUNDS)))
    if len(waits) < len(BOUNDS):
        return f"It ended after {len(waits)}."
    if not all(isinstance(each, Real) for each in waits):
        return f"Its waits are {short_repr(waits)}, and not all of them are numbers."
    return waits


def _find_wrong(by_attempt: list[tuple[float, ...]]) -> tuple[str, str, str] | None:
    """Return what was expected at some attempt of many clients, what is wrong, and a case."""
    for number, (waits, bound) in enumerate(zip(by_attempt, BOUNDS, strict=True), 1):
        least, most = min(waits), max(waits)
        expected = f"Wait number {number} lies between {bound / 2:g} and {bound:g} s."
        if most - least < CLOSE:
            return expected, f"It is {least:.3g} s for all clients, whatever dice they have.", CASE
        case = CASE.replace("alice", DICE[waits.index(most if most > bound + CLOSE else least)])
        if most > bound + CLOSE:
            above = "the cap" if bound == CAP else "it should be"
            return expected, f"It is {most:.3g} s: longer than {above}.", case
        if least < bound / 2 - CLOSE:
            return expected, f"It is {least:.3g} s: shorter than half of the longest.", case
        if least > 0.6 * bound or most < 0.9 * bound:
            told = f"For many clients it lies between {least:.3g} and {most:.3g} s."
            return expected, told, CASE
    return None


def _find_related(by_attempt: list[tuple[float, ...]]) -> str:
    """Return which two waits of a client come from one draw, as a sentence, "" if none do."""
    for first, second in combinations(range(len(by_attempt)), 2):
        related = correlation(by_attempt[first], by_attempt[second])
        if abs(related) > RELATED:
            other = "long" if related > 0 else "short"
            return (
                f"Over {len(DICE)} clients, wait number {second + 1} follows from wait number "
                f"{first + 1}: whoever has a long one there has a {other} one here."
            )
    return ""


STUB = """
def spread(first, cap, dice): ...
"""

SOLUTION = """
def spread(first, cap, dice):
    longest = min(first, cap)
    while True:
        yield longest / 2 + dice.random() * longest / 2
        longest = min(2 * longest, cap)
"""

FULL = SOLUTION.replace("longest / 2 + dice.random() * longest / 2", "dice.random() * longest")

ON_TOP = SOLUTION.replace(
    "longest / 2 + dice.random() * longest / 2", "longest + dice.random() * longest / 2"
)

OWN_DICE = "from random import Random\n" + SOLUTION.replace(
    "    longest = min(first, cap)\n", "    longest = min(first, cap)\n    dice = Random(42)\n"
)

POWERS = """
from itertools import count


def spread(first, cap, dice):
    for attempt in count():
        longest = min(first * 2**attempt, cap)
        yield longest / 2 + dice.random() * longest / 2
"""

EXERCISE = Exercise(
    id="coming_back.spreads_its_waits",
    title="a schedule of waits",
    task=(
        "Write `spread` as a function with `yield`, like the one that the library asks for in "
        "step 3: each `next` returns the wait before one more attempt, without end. The longest "
        "waits double from `first` up to `cap`. Their jitter is *equal* jitter: half of each wait "
        "is fixed, and the other half is drawn each time with `dice`, a `Random`. No wait is ever "
        "longer than `cap`, however long the server is away: the check tries a whole night."
    ),
    stub=STUB,
    hints=(
        "A variable keeps the longest wait. `while True:` has two lines: one that yields a wait, "
        "and one that doubles the variable, up to the cap.",
        "`dice.random()` is between 0 and 1. Multiplied by half of the longest wait, it is the "
        "random half; the fixed half is added to it.",
        "Double the longest wait, not the one that was drawn: otherwise the growth would depend "
        "on the dice. And with `first * 2**attempt`, how large is attempt 1100?",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(FULL, "shorter than half of the longest"),
        Mistake(ON_TOP, "longer than it should be"),
        Mistake(OWN_DICE, "whatever dice they have"),
        Mistake(POWERS, "OverflowError"),
    ),
    judge=_judge,
    next=(
        "Full jitter spreads a herd more widely; equal jitter never comes back at once. Which one "
        "would you take for a server that needs ten seconds to start?"
    ),
)
