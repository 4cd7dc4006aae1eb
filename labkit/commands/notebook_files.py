"""Notebooks as files: removing their outputs, and reporting those that cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

from labkit.exceptions import LabError


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
        todo = "Restore the course's file, for example with `git restore`."
        raise not_a_notebook(path, error, todo) from error
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
    return (text + "\n").encode()


def not_a_notebook(path: Path, error: Exception, todo: str) -> LabError:
    """Return the error for a file that cannot be read as a notebook, with what to do."""
    why = error.strerror if isinstance(error, OSError) else None
    return LabError(f"{path} cannot be read as a notebook: {why or 'it is damaged'}. {todo}")
