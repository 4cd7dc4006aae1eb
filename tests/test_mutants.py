"""No check accepts a wrong answer that nobody thought of.

Five mutants of each notebook's solutions are tried, with `--mutants 20` twenty. One that is told
"done" behaves as the solution does, and stands in `support/equal_mutants.toml` with the reason.
"""

from __future__ import annotations

import gc
import tomllib
import warnings
from types import ModuleType

import pytest

from labkit.exercises.catalogue import NOTEBOOKS, find_exercise
from labkit.exercises.check import check_answer
from tests.conftest import ROOT
from tests.support.exercises import DOUBLE
from tests.support.mutants import all_mutants, draw_mutants

EQUAL = tomllib.loads((ROOT / "tests/support/equal_mutants.toml").read_text("utf-8"))
"""The mutants that behave as the solution does: by exercise, the change and the reason."""


def test_mutants_are_changes_of_what_the_stub_does_not_hold() -> None:
    """Operators, numbers, arguments and statements change, one at a time; given lines do not."""
    assert {mutant.change for mutant in all_mutants(DOUBLE)} == {
        "line 2: - return 2 * number + pass",
        "line 2: - return 2 * number + return None",
        "line 2: - return 2 * number + return 2 + number",
        "line 2: - return 2 * number + return 3 * number",
        "line 2: - return 2 * number + return 1 * number",
    }


def test_a_larger_sample_begins_with_the_smaller() -> None:
    """The same seed gives the same mutants."""
    five, three = draw_mutants([DOUBLE], 5, "a"), draw_mutants([DOUBLE], 3, "a")
    assert five[:3] == three and len(five) == 5
    assert five != draw_mutants([DOUBLE], 5, "b")


@pytest.mark.exhaustive
@pytest.mark.parametrize("notebook", sorted(NOTEBOOKS))
async def test_no_mutant_is_done(
    notebook: str, lab: ModuleType, request: pytest.FixtureRequest
) -> None:
    """A sample of each notebook's mutants is not accepted, but for those that are equal."""
    survivors = []
    count = request.config.getoption("mutants")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a mutant may forget an `await`
        for mutant in draw_mutants(NOTEBOOKS[notebook], count, notebook):
            outcome = await check_answer(mutant.exercise, mutant.exercise.answer_of(mutant.source))
            if outcome.state == "done" and mutant.change not in EQUAL.get(mutant.exercise.id, {}):
                survivors.append(mutant.name)
        gc.collect()
    lab.errors()
    assert not survivors, "\n".join(survivors)


@pytest.mark.parametrize("id", sorted(EQUAL))
def test_each_judged_mutant_exists(id: str) -> None:
    """The table holds no change that no mutant makes, and a reason for each."""
    changes = {mutant.change for mutant in all_mutants(find_exercise(id))}
    assert set(EQUAL[id]) <= changes
    assert all(len(reason) > 20 for reason in EQUAL[id].values())
