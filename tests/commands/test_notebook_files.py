"""Notebooks as files."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from labkit.commands.notebook_files import without_outputs
from labkit.exceptions import LabError
from tests.support.notebooks import DAMAGE, PATHS


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_nothing_but_outputs_is_left_out(path: Path) -> None:
    """Cells, tags and ids stay, and the file is as nbformat writes it."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    assert without_outputs(path).decode() == nbformat.writes(notebook) + "\n"


@pytest.mark.parametrize("content", DAMAGE)
def test_what_is_not_a_notebook_is_named(tmp_path: Path, content: bytes) -> None:
    """One sentence says which file, and one what to do."""
    path = tmp_path / "00-start-here.ipynb"
    path.write_bytes(content)
    with pytest.raises(
        LabError, match=r"00-start-here\.ipynb cannot be read .* damaged\. Restore "
    ):
        without_outputs(path)


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    """The system's reason stands in the sentence."""
    with pytest.raises(LabError, match=r"cannot be read as a notebook: No such file or directory"):
        without_outputs(tmp_path / "00-start-here.ipynb")
