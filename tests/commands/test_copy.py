"""`labkit copy`."""

from __future__ import annotations

from pathlib import Path

import pytest

from labkit.cli import main
from labkit.commands.course import find_course


def test_the_course_is_handed_out_into_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Notebooks and pictures are there; a second time, what was changed is kept."""
    folder = tmp_path / "für alle"
    assert main(["copy", str(folder)]) == 0
    assert str(folder) in capsys.readouterr().out
    copies = folder / "notebooks"
    assert {path.name for path in copies.glob("*.ipynb")} == {
        path.name for path in find_course().find()
    }
    assert (copies / "pictures" / "bench.svg").exists()
    (copies / "00-start-here.ipynb").write_text("mine")
    assert main(["copy", str(folder)]) == 0
    assert (copies / "00-start-here.ipynb").read_text() == "mine"


def test_a_folder_that_cannot_be_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence, and code 1."""
    (tmp_path / "file").touch()
    assert main(["copy", str(tmp_path / "file")]) == 1
    assert "cannot be written" in capsys.readouterr().err
