"""Notebooks as files: removing their outputs, and reporting those that cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from labkit.exceptions import LabError

RESTORE = "Restore the course's file, for example with `git restore`."
"""What to do about a damaged notebook of the course."""


def without_outputs(path: Path) -> bytes:
    """Return the content of a notebook's file without outputs and execution counts.

    The rest is as nbformat writes it. (nbformat itself is not used, because importing it takes
    longer than the whole command `labkit reset NN`.)

    Raises
    ------
    LabError
        If the file is not a notebook.
    """
    try:
        notebook = json.loads(path.read_bytes())
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell.update(outputs=[], execution_count=None)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise not_a_notebook(path, error) from error
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
    return (text + "\n").encode()


def read_notebook(path: Path, todo: str = RESTORE) -> Any:
    """Return a notebook as nbformat's `NotebookNode`.

    Parameters
    ----------
    path
        The file.
    todo
        What to do if it is not a notebook, a sentence.

    Raises
    ------
    LabError
        If the file cannot be read, or is not a valid notebook.
    """
    import nbformat

    invalid: dict[str, Exception] = {}
    try:
        text = path.read_text("utf-8")
        notebook = nbformat.reads(text, as_version=4, capture_validation_error=invalid)  # type: ignore[no-untyped-call]
    except Exception as error:  # what nbformat raises on any JSON is not documented
        raise not_a_notebook(path, error, todo) from error
    for why in invalid.values():
        raise not_a_notebook(path, why, todo) from why
    return notebook


def not_a_notebook(path: Path, error: Exception, todo: str = RESTORE) -> LabError:
    """Return the error for a file that cannot be read as a notebook, with what to do."""
    why = error.strerror if isinstance(error, OSError) else None
    return LabError(f"{path} cannot be read as a notebook: {why or 'it is damaged'}. {todo}")
