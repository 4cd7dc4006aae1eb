"""The cells of exercises in a notebook."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from labkit.exceptions import LabError
from labkit.exercises import catalogue
from labkit.exercises.inject import cell_sources, find_kind, renew_exercises, solve_exercises
from tests.support.exercises import DOUBLE


@pytest.fixture(autouse=True)
def only_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the catalogue hold one small exercise."""
    monkeypatch.setattr(catalogue, "NOTEBOOKS", {"01-sums": (DOUBLE,)})


def notebook(**sources: str) -> dict[str, Any]:
    """Return a notebook with the cells of the exercise, and one besides."""
    texts = {**cell_sources(DOUBLE), **sources}
    outputs = [{"output_type": "execute_result", "data": {"text/plain": "○ untouched"}}]
    cells: list[dict[str, Any]] = [{"metadata": {}, "source": "1 + 1"}]
    for kind, source in texts.items():
        cells.append(
            {
                "metadata": {"labkit": {kind: DOUBLE.id}},
                "source": source,
                "outputs": copy.deepcopy(outputs) if kind == "check" else [],
            }
        )
    return {"cells": cells}


def sources(notebook: dict[str, Any]) -> list[str]:
    """Return the sources of the cells."""
    return [cell["source"] for cell in notebook["cells"]]


def test_the_cells_of_an_exercise() -> None:
    """The task has its heading and how to get hints; the check names id and answer."""
    assert cell_sources(DOUBLE) == {
        "task": (
            "### Exercise: double a number\n\nWrite `double`.\n\n"
            '**Hints**: `lab.hint("sums.doubles", 1)`, up to 2, in a cell of your own.'
        ),
        "exercise": "def double(number): ...",
        "check": 'await lab.check("sums.doubles", double)',
    }


def test_sources_are_renewed_from_the_catalogue() -> None:
    """Cells of an exercise get the catalogue's sources; others stay as they are."""
    changed = notebook(task="old", exercise="old", check="old")
    renew_exercises(changed)
    assert changed == notebook()


def test_a_solved_twin() -> None:
    """The stub's cell holds the solution, the check's output is the card of a done exercise."""
    solved = notebook()
    assert solve_exercises(solved) == [DOUBLE.id]
    assert sources(solved)[2] == DOUBLE.solution
    data = solved["cells"][3]["outputs"][0]["data"]
    assert data["text/plain"].splitlines()[0] == "● done: sums.doubles"
    assert DOUBLE.next in data["text/html"]
    assert sources(solved)[:2] == sources(notebook())[:2]


def test_another_stub_is_refused() -> None:
    """A twin whose stub is not the catalogue's would prove something else."""
    with pytest.raises(LabError, match=r"stub of sums\.doubles is not the catalogue's"):
        solve_exercises(notebook(exercise="def double(n): ..."))


@pytest.mark.parametrize(
    "metadata",
    [{}, {"stub": "sums.doubles"}, {"check": 1}, {"check": "a", "task": "a"}, {"check": "x"}],
)
def test_metadata_that_makes_no_sense(metadata: dict[str, Any]) -> None:
    """It names exactly one kind, and an exercise that exists."""
    with pytest.raises(LabError, match=r"should name one of|There is no exercise"):
        find_kind({"metadata": {"labkit": metadata}})
