"""`labkit check`."""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from labkit.commands import check, refresh
from labkit.commands.course import Course
from labkit.commands.notebook_client import NOT_STARTED
from labkit.exceptions import LabError
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
    assert check.run(argparse.Namespace(numbers=[], mine=False)) == 1
    output = capsys.readouterr().out
    assert output.startswith(f"Checking the course's notebooks, in {tmp_path / 'notebooks'}. (`")
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


@pytest.mark.parametrize(
    ("told", "code", "times"),
    [
        (NOT_STARTED[0], 1, 2),
        (NOT_STARTED[1], 1, 2),
        (NOT_STARTED[0], 0, 1),
        ("The kernel died in a cell", 1, 1),
    ],
)
def test_where_no_kernel_started_another_one_is_tried(
    monkeypatch: pytest.MonkeyPatch, told: str, code: int, times: int
) -> None:
    """Once, as another program may have taken one of its ports; twice is no chance any more."""
    run, runs = subprocess.run, list[int]()
    ending = [sys.executable, "-c", f"import sys; print({told!r}); sys.exit({code})"]

    def instead(command: list[str], **options: Any) -> Any:
        runs.append(1)
        return run(ending, **options)

    monkeypatch.setattr(subprocess, "run", instead)
    ended, output = check.check(Path("00-any.ipynb"), ROOT)
    assert (ended, output.strip(), len(runs)) == (code, told, times)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """Hand out a course of two notebooks."""
    course = Course(tmp_path)
    course.notebooks.mkdir()
    for name in ("00-a.ipynb", "01-b.ipynb"):
        cells = [nbformat.v4.new_code_cell("'quick now'")]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), course.notebooks / name)
    course.hand_out()
    monkeypatch.setattr(check, "find_course", lambda: course)
    return course


def test_a_copy_is_checked(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--mine` says what it does, a line for each with its cells, and what is wrong, indented."""
    told = {"00-a.ipynb": ("1 unchanged", []), "01-b.ipynb": ("1 changed", ["this\nfailed"])}
    monkeypatch.setattr(check, "check_copy", lambda course, path: told[path.name])
    assert check.run(argparse.Namespace(numbers=[], mine=True)) == 1
    first, good, bad, *why, last = capsys.readouterr().out.splitlines()
    assert first.startswith(f"Checking your copy, in {course.copies}: unchanged cells are compared")
    assert re.fullmatch(r"ok    00-a\.ipynb \(\d\.\d s\), cells: 1 unchanged", good)
    assert re.fullmatch(r"FAIL  01-b\.ipynb \(\d\.\d s\), cells: 1 changed", bad)
    assert why == ["      this", "      failed"]
    assert last.startswith("1 of 2 notebooks of your copy run")


def test_what_cannot_be_checked_does_not_keep_the_rest(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    """A copy that is missing, and one that is damaged, get a sentence each."""
    (course.copies / "00-a.ipynb").unlink()
    (course.copies / "01-b.ipynb").write_text("<<<<<<<")
    assert check.run(argparse.Namespace(numbers=[], mine=True)) == 1
    _, first, missing, second, damaged, _ = capsys.readouterr().out.splitlines()
    assert first.startswith("FAIL  00-a") and "has no 00-a.ipynb. `" in missing
    assert second.startswith("FAIL  01-b") and "it is damaged. `" in damaged


def test_without_a_copy_one_is_told_how_to_get_it(course: Course) -> None:
    """Before the first start there is none."""
    shutil.rmtree(course.workspace)
    with pytest.raises(LabError, match=r"no copy of the course in .* yet\. `.* lab` makes it"):
        check.run(argparse.Namespace(numbers=[], mine=True))


def test_a_failure_without_a_report_is_one() -> None:
    """Whatever nbval ends with, it is never taken for success."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check, "check", lambda path, root: (4, ""))
        assert check._check_own(Course(ROOT), ROOT) == ("", ["nbval ended with 4."])
