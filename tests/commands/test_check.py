"""`labkit check`."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import pytest

from labkit.commands import check
from labkit.commands.course import Course
from tests.conftest import ROOT


def test_a_notebook_that_lies_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each notebook; of a wrong one, the cell, what was stored and what came."""
    for name in ("notebooks", "tests/nbval-sanitize.cfg", "pyproject.toml"):
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)
    wrong = tmp_path / "notebooks" / "03-a-raw-chat.ipynb"
    wrong.write_text(wrong.read_text("utf-8").replace("'quick now'", "'slow now'"), "utf-8")
    monkeypatch.setattr(check, "the_course", lambda: Course(tmp_path))
    assert check.run(argparse.Namespace(numbers=[])) == 1
    output = capsys.readouterr().out
    assert "ok    00-start-here.ipynb" in output
    assert "FAIL  03-a-raw-chat.ipynb" in output
    assert "slow now" in output and "quick now" in output
    count = len(list((ROOT / "notebooks").glob("*.ipynb")))
    assert output.endswith(f"{count - 1} of {count} notebooks do what their pages say.\n")
