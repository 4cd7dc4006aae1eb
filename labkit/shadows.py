"""Files of the learner's that have the name of a library, and are imported in its place.

Python looks in the notebook's folder first. Whoever saves an experiment as `websockets.py` there
gets that file wherever anybody imports the library, labkit included.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from importlib.util import find_spec

from labkit.exceptions import LabError
from labkit.source_lines import is_learners

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
"""Those that labkit imports, beside Python's own."""


def shadow() -> str | None:
    """Return the path of a file of the learner's that is imported instead of a library, if any."""
    standard = sys.stdlib_module_names & sys.modules.keys()
    for name in (*LIBRARIES, *sorted(standard)):
        path = _path(name)
        if path is not None and is_learners(path):
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
def shadows_named() -> Iterator[None]:
    """Import something in this block: if it fails because of a learner's file, that is named.

    Raises
    ------
    LabError
        If a file has the name of a library.
    """
    try:
        yield
    except (ImportError, AttributeError, TypeError) as error:
        path = shadow()
        if path is None:
            raise
        raise LabError(
            f"Your file {path} has the name of a library that labkit needs, and Python imports it "
            "instead. Rename it, and restart the kernel."
        ) from error
