"""Whose a source file is, and whose program runs the loop: a learner's, or a kernel."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from labkit.source_lines import is_learner_file

ASYNCIO, LIBRARY, SERVING, LEARNER = range(4)
"""The owners; SERVING are the libraries that make several tasks for each message."""

_ASYNCIO_FOLDER = asyncio.__file__.rsplit("__init__", 1)[0]
_RUN_FOREVER = asyncio.BaseEventLoop.run_forever.__code__


class _Owners(dict[str, int]):
    """A cache of the owner of each source file: a server makes several tasks for each message."""

    def __missing__(self, filename: str) -> int:
        if is_learner_file(filename):
            owner = LEARNER
        elif filename.startswith(_ASYNCIO_FOLDER):
            owner = ASYNCIO
        else:
            serves = Path(filename).parent.name in ("aiohttp", "engineio", "socketio")
            owner = SERVING if serves else LIBRARY
        self[filename] = owner
        return owner


owners = _Owners()


def is_run_by_learner() -> bool:
    """Return whether the learner's own program runs the loop of this moment.

    Such a program may end its loop as it likes. The loop of a kernel is not the learner's to end.
    """
    frame = sys._getframe()
    while frame.f_code is not _RUN_FOREVER:
        if frame.f_back is None:
            return False
        frame = frame.f_back
    while owners[frame.f_code.co_filename] == ASYNCIO:
        if frame.f_back is None:
            return False
        frame = frame.f_back
    return owners[frame.f_code.co_filename] == LEARNER
