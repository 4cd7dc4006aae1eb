"""Each notebook with its exercises solved runs as the unsolved one does, and its cards say done."""

from __future__ import annotations

import asyncio
from pathlib import Path

import nbformat
import pytest

from labkit.commands.check import check
from labkit.exercises.catalogue import NOTEBOOKS
from labkit.exercises.inject import solve_exercises
from tests.conftest import ROOT
from tests.support.notebooks import failures


@pytest.mark.exhaustive
@pytest.mark.timeout(600)
async def test_a_solved_notebook_gives_the_stored_outputs(tmp_path: Path) -> None:
    """Everything else is compared strictly with what is stored, the cards with those of "done"."""

    async def solve(name: str) -> None:
        solved = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
        assert solve_exercises(solved) == [exercise.id for exercise in NOTEBOOKS[name]]
        twin = tmp_path / name / f"{name}.ipynb"
        twin.parent.mkdir()
        nbformat.write(solved, twin)
        code, output = await asyncio.to_thread(check, twin, twin.parent)
        assert code == 0, output

    assert await failures(solve, sorted(NOTEBOOKS)) == {}
