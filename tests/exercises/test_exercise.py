"""Exercises as data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from labkit.exercises.exercise import Exercise
from labkit.exercises.outcome import Outcome


async def judge(answer: object, child: object) -> Outcome | None:
    """Accept everything."""
    return None


EXERCISE = Exercise("a.b", "Add", "Add.", "", (), "", (), judge, "")


@pytest.mark.parametrize(
    ("stub", "name"),
    [
        ("import math\n\n\ndef add(a, b): ...\n", "add"),
        ("people = set()\n\n\nasync def handler(websocket): ...", "handler"),
        ("class Outbox:\n    def send(self): ...", "Outbox"),
        ("async def helper(): ...\n\n\ncodes = ...\nprint(codes)", "codes"),
    ],
)
def test_the_answer_is_what_the_stub_defines_last(stub: str, name: str) -> None:
    """A function, a class or a value."""
    assert replace(EXERCISE, stub=stub).answer_name == name


def test_a_stub_defines_something() -> None:
    """An exercise without a stub is a mistake of its author."""
    with pytest.raises(ValueError, match=r"a\.b defines nothing"):
        replace(EXERCISE, stub="1 + 1").answer_name  # noqa: B018


def test_each_answer_has_names_of_its_own() -> None:
    """Code that is run twice shares nothing with its first run."""
    exercise = replace(EXERCISE, stub="people = []\ndef add(): ...")
    source = "people = []\ndef add():\n    people.append(1)\n    return len(people)"
    assert [exercise.answer_of(source)(), exercise.answer_of(source)()] == [1, 1]
