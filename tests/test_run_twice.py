"""Every notebook runs twice in one kernel: as a whole, leaving nothing behind, and cell by cell."""

from __future__ import annotations

from pathlib import Path

import nbformat
import psutil
import pytest

from labkit.commands.check_copy import compared_outputs
from labkit.commands.refresh import tidy_notebook
from tests.support.notebooks import PATHS, failures, run_notebook

FIRST, *FURTHER = PATHS

LEFT = """
import asyncio
from pathlib import Path
import engineio, labkit, socketio, websockets
await lab.close()
served = [Path(module.__file__).parent for module in (engineio, labkit, socketio, websockets)]
def is_of(task, folder):
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and Path(code.co_filename).is_relative_to(folder)
tasks = [t for t in asyncio.all_tasks() if any(is_of(t, folder) for folder in served)]
print(tasks, lab.errors())
"""


async def run_twice(path: Path) -> None:
    """Run a notebook two times in a kernel, and compare what it shows with what is stored."""
    stored = nbformat.read(path, as_version=4)
    cells = [cell for cell in stored.cells if cell.cell_type == "code"]
    twice = nbformat.v4.new_notebook(metadata=stored.metadata)
    for run in (1, 2):
        for cell in cells:
            again = nbformat.v4.new_code_cell(cell.source, metadata=cell.metadata)
            again.id = f"{cell.id}-{run}"
            twice.cells.append(again)
    twice.cells.append(nbformat.v4.new_code_cell(LEFT))
    await run_notebook(twice, path.parent)
    tidy_notebook(twice)
    for number, cell in enumerate(twice.cells[:-1]):
        assert compared_outputs(cell) == compared_outputs(cells[number % len(cells)]), cell.source
    assert compared_outputs(twice.cells[-1]) == [{"name": "stdout", "text": "[] []\n"}]


@pytest.mark.parametrize(
    "paths",
    [
        pytest.param([FIRST], id="the first"),
        pytest.param(FURTHER, id="the others", marks=pytest.mark.exhaustive),
    ],
)
@pytest.mark.timeout(600)
async def test_a_notebook_runs_twice_in_one_kernel(paths: list[Path]) -> None:
    """The second run gives the stored outputs as well; no task is left, nor a process."""
    before = set(psutil.Process().children())
    assert await failures(run_twice, paths) == {}
    assert not set(psutil.Process().children()) - before


async def run_each_cell_twice(path: Path) -> None:
    """Run each cell two times in a row: none may fail that is not meant to."""
    stored = nbformat.read(path, as_version=4)
    twice = nbformat.v4.new_notebook(metadata=stored.metadata)
    for cell in stored.cells:
        if cell.cell_type != "code":
            continue
        for run in (1, 2):
            again = nbformat.v4.new_code_cell(cell.source, metadata=cell.metadata)
            again.id = f"{cell.id}-{run}"
            twice.cells.append(again)
    await run_notebook(twice, path.parent)
    for cell in twice.cells:
        failed = any(output.output_type == "error" for output in cell.outputs)
        assert failed == ("raises-exception" in cell.metadata.get("tags", [])), cell.source


@pytest.mark.exhaustive
@pytest.mark.timeout(600)
async def test_a_cell_may_be_run_again_at_once() -> None:
    """Each cell runs twice in a row, as somebody does who wants to see it again; none fails."""
    assert await failures(run_each_cell_twice, PATHS) == {}
