"""The learner's working copy of the course, seen from inside of it: a kernel runs in its folder."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

MANIFEST = ".handed-out.json"
"""The file that marks a folder as a working copy; the course's own folder has none."""

UNATTENDED = "LABKIT_UNATTENDED"
"""The environment variable that labkit's own commands set for kernels in which nobody works."""

_UNATTENDED = (UNATTENDED, "CI", "PYTEST_VERSION")
"""This one, and those that build servers, and pytest, and so nbval, set for all that they start."""


def find_working_copy() -> Path | None:
    """Return the folder of the working copy in which somebody works.

    It is None in the course's own folder and anywhere else, and where a program runs the notebook:
    `labkit check` and `refresh`, nbval, a build server.
    """
    if any(os.environ.get(name, "") not in ("", "0", "false") for name in _UNATTENDED):
        return None
    try:
        folder = Path.cwd()
    except OSError:  # it was deleted
        return None
    return folder if (folder / MANIFEST).is_file() else None


def write_whole(path: Path, content: bytes) -> None:
    """Write a file completely or not at all, without the original's permissions.

    Raises
    ------
    OSError
        If it cannot be written; then the file is as it was, and nothing is left beside it.
    """
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as new:
        try:
            new.write(content)
        except OSError:
            new.close()
            os.unlink(new.name)
            raise
    try:
        os.chmod(new.name, 0o644)  # only its owner may read a temporary file
        os.replace(new.name, path)
    except OSError:
        os.unlink(new.name)
        raise
