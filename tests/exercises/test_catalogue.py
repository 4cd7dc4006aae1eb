"""All exercises: each is whole, and its check knows stub, mistakes and solution apart."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exceptions import LabError
from labkit.exercises.catalogue import NOTEBOOKS, all_exercises, find_exercise
from labkit.exercises.check import check_answer
from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.outcome import Outcome
from tests.conftest import ROOT

EXERCISES = [pytest.param(exercise, id=exercise.id) for exercise in all_exercises().values()]

MISTAKES = [
    pytest.param(exercise, mistake, id=f"{exercise.id}-{number}")
    for exercise in all_exercises().values()
    for number, mistake in enumerate(exercise.mistakes, 1)
]


@pytest.fixture
def times(request: pytest.FixtureRequest) -> int:
    """How often each proof runs: `--times 20` before exercises land."""
    return int(request.config.getoption("times"))


async def check(exercise: Exercise, source: str) -> Outcome:
    """Check the code of a filled-in cell."""
    return await check_answer(exercise, exercise.answer_of(source))


def test_notebooks_and_ids() -> None:
    """Notebooks exist, and no two exercises have one id."""
    for name in NOTEBOOKS:
        assert (ROOT / "notebooks" / f"{name}.ipynb").exists()
    assert len(all_exercises()) == sum(map(len, NOTEBOOKS.values()))


def test_a_wrong_id() -> None:
    """The text suggests the nearest one."""
    for id in all_exercises():
        assert find_exercise(id).id == id
        with pytest.raises(LabError, match=f"Did you mean '{id}'"):
            find_exercise(f"{id}s")


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_exercise_is_whole(exercise: Exercise) -> None:
    """It has 2 to 4 hints, 1 to 4 mistakes with a message each, and something to think about."""
    module, _, own = exercise.id.partition(".")
    assert module.isidentifier() and own.isidentifier()
    assert 2 <= len(exercise.hints) <= 4 and len({*exercise.hints}) == len(exercise.hints)
    assert 1 <= len(exercise.mistakes) <= 4
    messages = [mistake.message for mistake in exercise.mistakes]
    assert len({*messages}) == len(messages) and all(messages)
    assert exercise.title and exercise.task and exercise.next
    assert len(exercise.stub.strip().splitlines()) <= 20
    assert "..." in exercise.stub


@pytest.mark.parametrize("exercise", EXERCISES)
async def test_the_stub_is_untouched(exercise: Exercise, lab: ModuleType, times: int) -> None:
    """Who has not begun is not told to be wrong."""
    for _ in range(times):
        assert (await check(exercise, exercise.stub)).state == "untouched"


@pytest.mark.parametrize("exercise", EXERCISES)
async def test_the_solution_is_done(
    exercise: Exercise, patient_lab: ModuleType, times: int
) -> None:
    """It is accepted, each time, with the card that a solved notebook stores."""
    done = Outcome("done", exercise.id, next=exercise.next)
    for _ in range(times):
        assert await check(exercise, exercise.solution) == done


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES)
async def test_a_tempting_mistake(
    exercise: Exercise, mistake: Mistake, lab: ModuleType, times: int
) -> None:
    """It is "not yet", with a message of its own, and not that of another mistake."""
    others = [each.message for each in exercise.mistakes if each is not mistake]
    for _ in range(times):
        outcome = await check(exercise, mistake.source)
        text = f"{outcome.expected}\n{outcome.happened}"
        assert outcome.state == "not yet" and mistake.message in text
        assert not [message for message in others if message in text]
