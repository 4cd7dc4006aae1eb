"""Each notebook with its exercises solved runs as the unsolved one does, and its cards say done."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from labkit.commands.check import check
from labkit.exercises.catalogue import NOTEBOOKS
from labkit.exercises.inject import solve_exercises
from tests.conftest import ROOT


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", sorted(NOTEBOOKS))
def test_a_solved_notebook_gives_the_stored_outputs(name: str, tmp_path: Path) -> None:
    """Everything else is compared strictly with what is stored, the cards with those of "done"."""
    solved = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    assert solve_exercises(solved) == [exercise.id for exercise in NOTEBOOKS[name]]
    twin = tmp_path / f"{name}.ipynb"
    nbformat.write(solved, twin)
    code, output = check(twin, tmp_path)
    assert code == 0, output
