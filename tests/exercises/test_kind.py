"""Answers of another kind than the stub."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from labkit.exercises.catalogue import all_exercises
from labkit.exercises.kind import wrong_kind

ANSWERS = """
import functools

def plain(a, b): return 1
async def waits(a): return 1
async def yields(a): yield 1
def other_count(a, b, c): return 1
def any_count(*args, **options): return 1
class Room:
    def method(self, a, b): return 1
    def __call__(self, a, b): return 1
class Bad:
    def __call__(self, a): return 1
first = functools.partial(other_count, 1)
"""
names: dict[str, Any] = {}
exec(ANSWERS, names)
FUNCTION, COROUTINE_FUNCTION = "def answer(a, b): ...", "async def answer(a): ..."
CLASS, VALUE = "class Answer: ...", "answer = ..."


@pytest.mark.parametrize(
    ("stub", "answer", "why"),
    [
        (FUNCTION, "plain", ""),
        (FUNCTION, "any_count", ""),
        (FUNCTION, "first", ""),
        (FUNCTION, "Room().method", ""),
        (FUNCTION, "Room()", ""),
        (FUNCTION, "lambda a, b: 1", ""),
        (FUNCTION, "max", "is a function of Python's own"),
        (FUNCTION, "lambda a: 1", "it takes (a), and the check calls it with (a, b)."),
        (FUNCTION, "other_count", "`other_count` takes (a, b, c), and the check calls it with"),
        (FUNCTION, "Bad()", "`Bad` takes (a), and the check calls it with (a, b)."),
        (FUNCTION, "Room", "`Room` is a class; the check needs a function, such as `answer`."),
        (FUNCTION, "7", "7 is not a function: give `answer`."),
        (FUNCTION, "None", "None is not a function: give `answer`."),
        (FUNCTION, "object()", "an object of `object` is not a function: give `answer`."),
        (FUNCTION, "waits(1)", "`waits()` was called; the check needs the function itself: `await"),
        (FUNCTION, "yields(1)", "`yields()` was called"),
        (FUNCTION, "waits", "`waits` begins with `async def`, and the check calls it without"),
        (COROUTINE_FUNCTION, "waits", ""),
        (COROUTINE_FUNCTION, "yields", "`yields` contains `yield`, so it is a generator"),
        (COROUTINE_FUNCTION, "waits(1)", "without brackets"),
        (CLASS, "Room", ""),
        (CLASS, "Room()", "an object of `Room` is not a class: give `Answer`."),
        (VALUE, "7", ""),
        (VALUE, "plain", "`answer` is not a function; give the value."),
    ],
)
def test_a_wrong_kind_gets_a_sentence(stub: str, answer: str, why: str) -> None:
    """It says what the answer is, and what the check needs; a right kind gets none."""
    exercise = replace(next(iter(all_exercises().values())), stub=stub)
    said = wrong_kind(exercise, eval(answer, names), exercise.answer_of(stub))
    assert said.startswith(why) or why in said
    assert bool(said) == bool(why) and "0x" not in said
