"""Run the learner's copy of a notebook, and compare the cells that are as the course has them.

A changed or added cell has no outputs to be compared with: it is run, and may not fail. Cells are
matched by their code and order, so one that was moved counts as left out there and added here.
"""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labkit.commands.course import Course
from labkit.commands.notebook_files import read_notebook
from labkit.commands.refresh import VARIES, execute_notebook, name_cell, tidy_notebook
from labkit.commands.spelling import spell_command
from labkit.exceptions import LabError

KINDS = ("unchanged", "changed", "added", "left out")
"""What a code cell of a copy can be."""

MAX_LINES, MAX_WIDTH = 8, 100
"""How much is shown of a difference: lines, and characters of each."""


@dataclass(frozen=True)
class MatchedCell:
    """A code cell of a copy.

    Attributes
    ----------
    kind
        One of `KINDS`.
    cell
        The cell in the copy, None if it was left out.
    original
        The cell in the course, None if it was added.
    """

    kind: str
    cell: Any = None
    original: Any = None


def check_copy(course: Course, original: Path) -> tuple[str, list[str]]:
    """Run the copy of a notebook in a kernel of its own; nothing is written.

    Parameters
    ----------
    course
        The course and its copy.
    original
        The notebook in the course.

    Returns
    -------
    tuple of str and list of str
        How many cells are of which kind, and what is wrong, one text each.

    Raises
    ------
    LabError
        If there is no such notebook in the copy, or it cannot be read.
    """
    path = course.copies / original.name
    reset = f"`{spell_command(f'reset {original.name[:2]}')}`"
    if not path.exists():
        raise LabError(f"Your copy has no {path.name}. {reset} restores it.")
    todo = f"{reset} restores the course's version, and keeps yours under another name."
    copy = read_notebook(path, todo)
    cells = match_cells(read_notebook(original), copy)
    count = Counter(cell.kind for cell in cells)
    kinds = [kind for kind in KINDS if count[kind] or kind == "unchanged"]
    return ", ".join(f"{count[kind]} {kind}" for kind in kinds), _run(copy, path.parent, cells)


def match_cells(course: Any, copy: Any) -> list[MatchedCell]:
    """Match the code cells of a copy with those of the course; empty cells do not count."""
    before, after = _code_cells(course), _code_cells(copy)
    matcher = difflib.SequenceMatcher(
        None, [cell.source for cell in before], [cell.source for cell in after], autojunk=False
    )
    cells = []
    for _, i, k, j, n in matcher.get_opcodes():
        for at in range(max(k - i, n - j)):
            theirs = before[i + at] if i + at < k else None
            mine = after[j + at] if j + at < n else None
            if mine is None or theirs is None:
                kind = "left out" if mine is None else "added"
            else:
                kind = "unchanged" if mine.source == theirs.source else "changed"
            cells.append(MatchedCell(kind, mine, theirs))
    return cells


def _code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def _run(copy: Any, folder: Path, cells: list[MatchedCell]) -> list[str]:
    """Run a copy, and return what is wrong."""
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    finished: list[Any] = []
    ended = []
    try:
        execute_notebook(copy, folder, finished)
    except LabError as error:
        ended = [f"{error} The cells after it did not run."]
    tidy_notebook(copy)
    findings = []
    is_as_before = True
    for each in cells:
        is_as_before = is_as_before and each.kind == "unchanged"
        if any(each.cell is cell for cell in finished):
            findings += _findings(each, is_as_before)
    return findings + ended


def _findings(matched: MatchedCell, is_as_before: bool) -> list[str]:
    """Return what is wrong with a cell that has run."""
    cell, name = matched.cell, f"{name_cell(matched.cell)} ({matched.kind})"
    if matched.kind != "unchanged":
        errors = [output for output in cell.outputs if output.output_type == "error"]
        if "raises-exception" in cell.metadata.get("tags", []):
            return []
        return [f"{name} failed with {error.ename}: {error.evalue}" for error in errors]
    if compared_outputs(cell) == compared_outputs(matched.original):
        return []
    why = "" if is_as_before else ", perhaps because cells before it differ"
    return [
        "\n".join([f"{name} does not show what the course's does{why}:", *_difference(matched)])
    ]


def _difference(matched: MatchedCell) -> list[str]:
    """Return the lines in which the outputs differ, of texts first, and of HTML only if need be."""
    for is_plain in (True, False):
        theirs, mine = _lines(matched.original, is_plain), _lines(matched.cell, is_plain)
        if theirs != mine:
            break
    lines = difflib.unified_diff(theirs, mine, "the course", "your copy", n=1, lineterm="")
    shown = [line for line in lines if not line.startswith("@@")]
    return [line[:MAX_WIDTH] for line in shown[:MAX_LINES]]


def compared_outputs(cell: Any) -> list[dict[str, Any]]:
    """Return what of a cell's outputs is compared: what nbval compares."""
    if VARIES in cell.metadata.get("tags", []):
        return []
    skipped = {"metadata", "execution_count", "traceback", "output_type"}
    return [{k: v for k, v in output.items() if k not in skipped} for output in cell.outputs]


def _lines(cell: Any, is_plain: bool) -> list[str]:
    """Return outputs as lines of text: what a person reads, or all that there is."""
    texts: list[str] = []
    for output in cell.outputs:
        if output.output_type == "stream":
            texts.append(output.text)
        elif output.output_type == "error":
            texts.append(f"{output.ename}: {output.evalue}")
        else:
            kinds = ["text/plain"] if is_plain else sorted(output.data)
            texts += [str(output.data.get(kind, "")) for kind in kinds]
    return [line for text in texts for line in text.splitlines()]
