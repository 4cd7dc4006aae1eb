"""`labkit reset`."""

import argparse
import shutil
from pathlib import Path

import pytest

from labkit.commands import reset
from labkit.commands.course import Course
from tests.conftest import ROOT


def test_it_says_what_it_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each notebook, with the name of what was kept; and what to do in an open tab."""
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    course = Course(tmp_path)
    course.hand_out()
    monkeypatch.setattr(reset, "find_course", lambda: course)
    (course.copies / "00-start-here.ipynb").write_text("mine")
    assert reset.run(argparse.Namespace(numbers=["00", "03"])) == 0
    first, second, last = capsys.readouterr().out.splitlines()
    assert first.endswith("is restored; your version is kept as mine-00-start-here.ipynb.")
    assert second == "03-a-raw-chat.ipynb is restored."
    assert "File > Reload Notebook from Disk, before you save" in last
