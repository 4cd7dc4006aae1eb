"""The learner's copy of a notebook, with a real kernel where it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest

from labkit.commands.check_copy import check_copy, compared_outputs, match_cells
from labkit.commands.course import Course
from labkit.exceptions import LabError
from tests.support.notebooks import DAMAGE


def notebook(*sources: str) -> Any:
    """Make a notebook of code cells."""
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in sources])


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Make a course of one notebook, as `refresh` stores it, and hand it out."""
    new = nbformat.v4.new_output
    course = Course(tmp_path)
    course.notebooks.mkdir()
    stored = notebook("x = 2", "x + 1", "print('a')\nprint('b')", "1 / 0")
    stored.cells[1].outputs = [new("execute_result", {"text/plain": "3"}, execution_count=2)]
    stored.cells[2].outputs = [new("stream", name="stdout", text="a\nb\n")]
    error = {"ename": "ZeroDivisionError", "evalue": "division by zero"}
    stored.cells[3].outputs = [new("error", **error, traceback=[": ".join(error.values())])]
    stored.cells[3].metadata["tags"] = ["raises-exception"]
    nbformat.write(stored, course.notebooks / "00-start-here.ipynb")
    course.hand_out()
    return course


def checked(course: Course, **changes: str) -> tuple[str, list[str]]:
    """Change the copy's cells, `c1="x = 3"` the second one, and check it."""
    path = course.copies / "00-start-here.ipynb"
    copy = nbformat.read(path, as_version=4)
    for name, source in changes.items():
        if int(name[1:]) == len(copy.cells):
            copy.cells.append(nbformat.v4.new_code_cell())
        copy.cells[int(name[1:])].source = source
    nbformat.write(copy, path)
    before = path.read_bytes()
    told = check_copy(course, course.notebooks / path.name)
    assert path.read_bytes() == before
    return told


@pytest.mark.parametrize(
    ("copy", "kinds"),
    [
        ("a b c", ["unchanged", "unchanged", "unchanged"]),
        ("a B c", ["unchanged", "changed", "unchanged"]),
        ("a b b c", ["unchanged", "unchanged", "added", "unchanged"]),
        ("a B1 B2 c", ["unchanged", "changed", "added", "unchanged"]),
        ("a c", ["unchanged", "left out", "unchanged"]),
        ("b c a", ["left out", "unchanged", "unchanged", "added"]),
        ("", ["left out", "left out", "left out"]),
    ],
)
def test_cells_are_matched_by_code_and_order(copy: str, kinds: list[str]) -> None:
    """A cell of the same code in the same order is unchanged; ids do not matter."""
    matched = match_cells(notebook(*"abc"), notebook(*copy.split()))
    assert [cell.kind for cell in matched] == kinds


def test_text_and_empty_cells_do_not_count() -> None:
    """JupyterLab adds an empty cell at the end, and notes are a learner's own."""
    copy = notebook("a", "", " \n")
    copy.cells.insert(0, nbformat.v4.new_markdown_cell("my notes"))
    assert [cell.kind for cell in match_cells(notebook("a"), copy)] == ["unchanged"]


@pytest.mark.exhaustive
def test_what_nobody_changed_is_right(course: Course) -> None:
    """Outputs are those of the course, an error that is meant as well; no kernel is left."""
    assert checked(course) == ("4 unchanged", [])
    assert not [p for p in psutil.Process().children() if "ipykernel" in " ".join(p.cmdline())]


@pytest.mark.exhaustive
def test_changed_cells_only_run(course: Course) -> None:
    """Whatever they show; an error is no finding where the course has one."""
    told = checked(course, c2="print('other')", c3="int('x')", c4="print('mine')")
    assert told == ("2 unchanged, 2 changed, 1 added", [])


@pytest.mark.exhaustive
def test_errors_in_changed_cells_are_found(course: Course) -> None:
    """The cell is named by its first line, and the cells after it run all the same."""
    counted, wrong = checked(course, c2="# my try\nint('x')", c4="y")
    assert counted == "3 unchanged, 1 changed, 1 added"
    assert wrong == [
        "the cell that begins with `# my try` (changed) failed with ValueError: "
        "invalid literal for int() with base 10: 'x'",
        "the cell that begins with `y` (added) failed with NameError: name 'y' is not defined",
    ]


@pytest.mark.exhaustive
def test_an_unchanged_cell_that_shows_something_else_is_found(course: Course) -> None:
    """Both are shown, and that an earlier change may be the reason."""
    counted, (finding,) = checked(course, c0="x = 41")
    assert counted == "3 unchanged, 1 changed"
    assert finding.splitlines() == [
        "the cell that begins with `x + 1` (unchanged) does not show what the course's does, "
        "perhaps because cells before it differ:",
        "--- the course",
        "+++ your copy",
        "-3",
        "+42",
    ]


@pytest.mark.exhaustive
def test_a_cell_that_ends_the_kernel_is_found(course: Course) -> None:
    """What had run before is judged, and what could not run is not."""
    _, wrong = checked(course, c0="x = 41", c2="import os\nos._exit(3)")
    assert [each.partition("`")[2].partition("`")[0] for each in wrong] == ["x + 1", "import os"]
    assert wrong[1].endswith("ended the kernel. The cells after it did not run.")


def test_a_copy_that_is_not_there_is_named(course: Course) -> None:
    """One sentence says so, and one how to get it."""
    (course.copies / "00-start-here.ipynb").unlink()
    with pytest.raises(LabError, match=r"has no 00-start-here\.ipynb\. `.* reset 00` restores it"):
        checked_as_it_is(course)


@pytest.mark.parametrize("content", DAMAGE)
def test_a_damaged_copy_is_named(course: Course, content: bytes) -> None:
    """Whatever it holds, one sentence says so, and one what `reset` does about it."""
    (course.copies / "00-start-here.ipynb").write_bytes(content)
    with pytest.raises(LabError, match=r"cannot be read as a notebook: it is damaged\. `.* reset"):
        checked_as_it_is(course)


def checked_as_it_is(course: Course) -> tuple[str, list[str]]:
    """Check the copy as it lies there."""
    return check_copy(course, course.notebooks / "00-start-here.ipynb")


def test_what_differs_from_run_to_run_is_not_compared() -> None:
    """Numbers of cells, metadata and tracebacks; texts and kinds are."""
    outputs = [
        nbformat.v4.new_output("execute_result", {"text/plain": "1"}, execution_count=number)
        for number in (1, 2)
    ]
    first, second = (nbformat.v4.new_code_cell("1", outputs=[output]) for output in outputs)
    assert compared_outputs(first) == compared_outputs(second) == [{"data": {"text/plain": "1"}}]


def test_what_is_tagged_as_varying_is_not_compared() -> None:
    """A chart of measured figures is another in each run: its tag excuses the whole cell."""
    output = nbformat.v4.new_output("stream", text="0.51 s")
    tagged = nbformat.v4.new_code_cell("1", outputs=[output])
    tagged.metadata["tags"] = ["nbval-ignore-output"]
    assert compared_outputs(tagged) == []
