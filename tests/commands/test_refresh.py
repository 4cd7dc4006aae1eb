"""`labkit refresh`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import psutil
import pytest

from labkit.commands import refresh
from labkit.commands.check import check
from labkit.commands.course import Course
from labkit.exceptions import LabError
from labkit.exercises.catalogue import all_exercises
from labkit.exercises.inject import cell_sources
from tests.conftest import ROOT
from tests.support.signals import heed_interrupts


def write(path: Path, *cells: str) -> Path:
    """Write a notebook."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    path.write_text(nbformat.writes(notebook))
    return path


@pytest.mark.exhaustive
def test_outputs_are_stored_and_stay(tmp_path: Path) -> None:
    """A second refresh changes nothing; no random id and no widget is stored; no kernel stays."""
    cells = ("import ipywidgets", "ipywidgets.Label('x')", "print('a')\nprint('b')", "1 + 1")
    path = write(tmp_path / "00-a.ipynb", *cells)
    assert refresh.refresh(path)
    first = path.read_text()
    notebook = nbformat.reads(first, as_version=4)
    assert [cell.execution_count for cell in notebook.cells] == [1, 2, 3, 4]
    assert [len(cell.outputs) for cell in notebook.cells] == [0, 1, 1, 1]
    assert refresh.WIDGET not in first and "widgets" not in notebook.metadata
    assert not refresh.refresh(path)
    assert path.read_text() == first and first.endswith("\n")
    assert not [p for p in psutil.Process().children() if "ipykernel" in " ".join(p.cmdline())]


@pytest.mark.exhaustive
def test_what_differs_in_each_run_is_stored_only_with_what_does_not(tmp_path: Path) -> None:
    """A tagged cell alone changes no file; when another output is new, its own is stored too."""
    path = write(tmp_path / "00-a.ipynb", "import random", "random.random()", "print('a')")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].metadata["tags"] = [refresh.VARIES]
    nbformat.write(notebook, path)
    assert refresh.refresh(path)
    first = path.read_text()
    assert not refresh.refresh(path) and path.read_text() == first
    path.write_text(first.replace("print('a')", "print('b')"))
    assert refresh.refresh(path)
    outputs = [
        nbformat.reads(text, as_version=4).cells[1].outputs for text in (first, path.read_text())
    ]
    assert outputs[0] != outputs[1]


def test_a_failing_notebook_stays_as_it_was(tmp_path: Path) -> None:
    """The cell is named by its first line, and the file is not touched."""
    path = write(tmp_path / "00-a.ipynb", "x = 1", "# divide\ny = x / 0", "z = 3")
    notebook = nbformat.read(path, as_version=4)
    for number, cell in enumerate(notebook.cells, 1):
        cell.execution_count = number  # as an earlier run has left it
    nbformat.write(notebook, path)
    before = path.read_text()
    with pytest.raises(LabError, match="begins with `# divide` failed with ZeroDivisionError"):
        refresh.refresh(path)
    assert path.read_text() == before


def test_too_much_output_is_refused(tmp_path: Path) -> None:
    """A notebook that grows beyond what the web shows is not stored."""
    path = write(tmp_path / "00-a.ipynb", f"print('x' * {refresh.MAX_NOTEBOOK_SIZE})")
    with pytest.raises(LabError, match="larger than"):
        refresh.refresh(path)


@pytest.mark.exhaustive
def test_a_cell_that_ends_the_kernel_is_named(tmp_path: Path) -> None:
    """The kernel's death is told with the cell in which it died."""
    path = write(tmp_path / "00-a.ipynb", "import os", "os._exit(3)", "z = 3")
    with pytest.raises(LabError, match=r"begins with `os\._exit\(3\)` ended the kernel"):
        refresh.refresh(path)


def test_the_picture_of_the_states_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whichever notebooks are refreshed, the picture is what the tables give, and drawn once."""
    course = Course(tmp_path)
    course.notebooks.mkdir()
    write(course.notebooks / "00-a.ipynb")
    monkeypatch.setattr(refresh, "find_course", lambda: course)
    monkeypatch.setattr(refresh, "refresh", lambda path: False)
    for told in ("00-a.ipynb: nothing changed\nstates.svg: drawn again\n", "nothing changed\n"):
        assert refresh.run(argparse.Namespace(numbers=["0"])) == 0
        assert capsys.readouterr().out.endswith(told)
    drawn = course.notebooks / "pictures" / "states.svg"
    assert drawn.read_bytes() == (ROOT / "notebooks" / "pictures" / "states.svg").read_bytes()


RUN = """
import pathlib, sys, nbformat
from labkit import cli
from labkit.commands import doctor, refresh

path = pathlib.Path(sys.argv[1])
doctor.run = lambda options: refresh.execute_notebook(nbformat.read(path, 4), path.parent, [])
sys.exit(cli.main(["doctor"]))
"""


@pytest.mark.exhaustive
@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without asking it")
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_run_that_is_told_to_end_ends(tmp_path: Path, name: str, code: int) -> None:
    """Ctrl-C and SIGTERM end command and kernel, without a traceback of nbclient's."""
    told = f"import os, signal\nos.kill(os.getppid(), signal.{name})"
    noted = "import os\nopen('pid', 'w').write(str(os.getpid()))"
    path = write(tmp_path / "00-a.ipynb", noted, told, "signal.pause()")
    command = [sys.executable, "-c", RUN, str(path)]
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=30, preexec_fn=heed_interrupts
    )
    assert (ended.returncode, ended.stdout) == (code, "")
    assert "nbclient" not in ended.stderr  # the kernel may say that it was interrupted
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))


@pytest.mark.exhaustive
def test_a_kernel_that_a_command_runs_keeps_no_progress(working_copy: Path) -> None:
    """Nobody works in it, also where the notebook is a learner's: `check --mine` writes nothing."""
    path = write(
        working_copy / "00-a.ipynb",
        "from labkit.working_copy import find_working_copy",
        "find_working_copy() is None",
    )
    assert refresh.refresh(path)
    (output,) = nbformat.read(path, as_version=4).cells[1].outputs
    assert output.data["text/plain"] == "True"
    assert check(path, working_copy)[0] == 0


@pytest.mark.exhaustive
def test_cells_of_an_exercise_get_their_sources_from_the_catalogue(tmp_path: Path) -> None:
    """Their metadata stays as it is; other cells keep what they say."""
    exercise = next(iter(all_exercises().values()))
    path = write(tmp_path / "00-a.ipynb", "1 + 1", "import labkit as lab", "old", "old")
    notebook = nbformat.read(path, as_version=4)
    for cell, kind in zip(notebook.cells[2:], ("exercise", "check"), strict=True):
        cell.metadata["labkit"] = {kind: exercise.id}
    nbformat.write(notebook, path)
    assert refresh.refresh(path)
    after = nbformat.read(path, as_version=4)
    sources = cell_sources(exercise)
    assert [cell.source for cell in after.cells[2:]] == [sources["exercise"], sources["check"]]
    assert [cell.metadata for cell in after.cells] == [cell.metadata for cell in notebook.cells]
    (card,) = after.cells[3].outputs
    assert card.data["text/plain"].startswith(f"○ untouched: {exercise.id}")
    assert not refresh.refresh(path)
