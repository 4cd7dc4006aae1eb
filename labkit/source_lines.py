"""Where code comes from: a notebook cell is named by its first line, never by its number.

Numbers change whenever a cell is run again (and nbval runs without any), so they identify nothing.
"""

from __future__ import annotations

import linecache
import sys
import sysconfig
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

_LIBRARY_FOLDERS = tuple(
    {
        str(Path(__file__).parent),
        *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
        str(Path(sys.prefix) / "lib"),
    }
)


@lru_cache(maxsize=4096)
def is_learner_file(filename: str) -> bool:
    """Return whether `filename` is one of the learner's cells or files, not a library's."""
    return not filename.startswith(("<frozen", "<string", *_LIBRARY_FOLDERS))


@dataclass(frozen=True)
class SourceLine:
    """A line of the learner's code.

    Attributes
    ----------
    cell
        The first line of its cell, or the name of its file.
    line
        The line itself, stripped.
    """

    cell: str
    line: str

    def __str__(self) -> str:
        if self.cell.endswith(".py"):
            return f"`{self.line}` in {self.cell}"
        if self.line == self.cell:
            return f"the cell that begins with `{self.cell}`"
        return f"`{self.line}` in the cell that begins with `{self.cell}`"


def _cell_name(filename: str) -> str:
    if filename.endswith(".py") and "ipykernel" not in filename and Path(filename).exists():
        return Path(filename).name
    lines = (line.strip() for line in linecache.getlines(filename))
    code = [line for line in lines if line]
    return next((line for line in code if not line.startswith("#")), code[0] if code else filename)


def source_line_at(filename: str, line: int) -> SourceLine:
    """Return a line of the learner's code, with its cell or file."""
    return SourceLine(_cell_name(filename), linecache.getline(filename, line).strip())


def source_line_of_traceback(traceback: TracebackType | None) -> SourceLine | None:
    """Return the learner's line nearest to where the exception was raised, None without one."""
    found = None
    while traceback is not None:
        filename = traceback.tb_frame.f_code.co_filename
        if is_learner_file(filename):
            found = (filename, traceback.tb_lineno)
        traceback = traceback.tb_next
    if found is None:
        return None
    return source_line_at(*found)


def source_line_of_coroutine(coroutine: Any) -> SourceLine | None:
    """Return the innermost line of the learner's code where a coroutine waits, None without one.

    Parameters
    ----------
    coroutine
        A coroutine or another awaitable, which says what it awaits.
    """
    found = None
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)
        if frame is not None and is_learner_file(frame.f_code.co_filename):
            found = frame
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)
    return None if found is None else source_line_of_frame(found)


def source_line_of_frame(frame: FrameType | None) -> SourceLine | None:
    """Return the innermost line of the learner's code on a stack, None without one.

    Parameters
    ----------
    frame
        The top of the stack.
    """
    while frame is not None and not is_learner_file(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return None
    return source_line_at(frame.f_code.co_filename, frame.f_lineno)
