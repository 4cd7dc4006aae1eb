"""`labkit check`."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from labkit.commands import check, refresh
from labkit.commands.course import Course
from tests.conftest import ROOT


@pytest.mark.exhaustive
def test_a_report_is_read_in_the_encoding_in_which_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows a pipe has an old encoding, and stored outputs have letters of all kinds."""
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    (tmp_path / "test_a.py").write_text("def test_a():\n    assert 'ü ✓' == ''\n", "utf-8")
    code, output = check.check(tmp_path / "test_a.py", tmp_path)
    assert code == 1 and "assert 'ü ✓' == ''" in output


@pytest.mark.exhaustive
def test_a_notebook_that_lies_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each notebook; of a wrong one, the cell, what was stored and what came."""
    for name in ("00-true", "01-false"):
        path = tmp_path / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        cells = [nbformat.v4.new_code_cell("'quick now'")]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        refresh.refresh(path)
    lie = nbformat.read(path, as_version=4)
    lie.cells[0].outputs[0].data["text/plain"] = "'slow now'"
    nbformat.write(lie, path)
    monkeypatch.setattr(check, "find_course", lambda: Course(tmp_path))
    assert check.run(argparse.Namespace(numbers=[])) == 1
    output = capsys.readouterr().out
    assert "ok    00-true.ipynb" in output
    assert "FAIL  01-false.ipynb" in output
    assert "slow now" in output and "quick now" in output
    assert output.endswith("1 of 2 notebooks match their stored outputs.\n")


def test_output_in_another_encoding_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a program in a cell prints in cp1252 does not keep the rest from being told."""
    printing = [sys.executable, "-c", r"import sys; sys.stdout.buffer.write(b'caf\xe9 is shut')"]
    run = subprocess.run

    def instead(command: list[str], **options: Any) -> Any:
        return run(printing, **options)

    monkeypatch.setattr(subprocess, "run", instead)
    assert check.check(Path("00-any.ipynb"), ROOT) == (0, "caf\ufffd is shut")
