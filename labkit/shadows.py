"""A learner's files that shadow a library: they have its name, so Python imports them instead.

Python searches the notebook's folder first. An experiment saved there as `websockets.py` is
imported wherever code asks for the library, in labkit too.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from importlib.util import find_spec

from labkit.exceptions import LabError
from labkit.source_lines import is_learner_file

LIBRARIES = (
    "aiohttp",
    "anywidget",
    "engineio",
    "h11",
    "ipywidgets",
    "nbclient",
    "nbformat",
    "socketio",
    "traitlets",
    "websockets",
)
"""The libraries that labkit imports, apart from Python's standard library."""


def find_shadow() -> str | None:
    """Return the path of a learner's file that shadows a library, None if there is none."""
    standard = sys.stdlib_module_names & sys.modules.keys()
    for name in (*LIBRARIES, *sorted(standard)):
        path = _path(name)
        if path is not None and is_learner_file(path):
            return path
    return None


def _path(name: str) -> str | None:
    module = sys.modules.get(name)
    if module is not None:
        return getattr(module, "__file__", None)
    with contextlib.suppress(ImportError, ValueError):
        spec = find_spec(name)
        return None if spec is None else spec.origin
    return None


@contextlib.contextmanager
def explain_shadows() -> Iterator[None]:
    """Name the learner's file that shadows a library if an import in this block fails.

    Raises
    ------
    LabError
        If the import fails and there is such a file.
    """
    try:
        yield
    except (ImportError, AttributeError, TypeError) as error:
        path = find_shadow()
        if path is None:
            raise
        raise LabError(
            f"Your file {path} has the name of a library that labkit needs, and Python imports it "
            "instead. Rename it, and restart the kernel."
        ) from error
