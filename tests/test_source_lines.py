"""Whose code a line is, and how a cell is named."""

from __future__ import annotations

import asyncio
import linecache
import sys

from labkit.source_lines import (
    SourceLine,
    is_learner_file,
    source_line_at,
    source_line_of_frame,
    source_line_of_traceback,
)

CELL = "/somewhere/ipykernel_1/2.py"


def test_libraries_are_not_the_learners() -> None:
    """labkit, the standard library and installed packages are told from the learner's code."""
    import websockets

    assert not is_learner_file(asyncio.__file__)
    assert not is_learner_file(websockets.__file__)
    assert not is_learner_file("<frozen importlib._bootstrap>")
    assert is_learner_file(__file__)
    assert is_learner_file(CELL)


def test_a_cell_is_named_by_its_first_line_of_code() -> None:
    """Comments and blank lines name nothing."""
    lines = ["\n", "# the chat\n", "people = set()\n", "1 / 0\n"]
    linecache.cache[CELL] = (len("".join(lines)), None, lines, CELL)
    assert source_line_at(CELL, 4) == SourceLine("people = set()", "1 / 0")
    assert str(source_line_at(CELL, 4)) == "`1 / 0` in the cell that begins with `people = set()`"
    assert str(source_line_at(CELL, 3)) == "the cell that begins with `people = set()`"


def test_an_error_is_placed_at_the_learners_innermost_line() -> None:
    """Frames of libraries below the learner's line are passed over."""
    try:
        asyncio.run("no coroutine")  # type: ignore[arg-type]
    except ValueError as error:
        source_line = source_line_of_traceback(error.__traceback__)
    assert source_line is not None
    assert source_line.cell == "test_source_lines.py"
    assert source_line.line.startswith("asyncio.run(")


def test_a_frame_is_placed() -> None:
    """The line that a frame is running is found."""
    running = source_line_of_frame(sys._getframe())
    assert running is not None
    assert running.line == "running = source_line_of_frame(sys._getframe())"
