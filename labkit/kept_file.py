"""A small JSON file of the learner's, kept beside the notebooks of a working copy.

Elsewhere there is none (see `labkit.working_copy`), and what it would hold lasts as long as the
kernel. Nothing fails because of it: where it cannot be read or written, its note says so. Several
kernels write it, so whoever writes first reads what is there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from labkit.working_copy import find_working_copy, write_whole

_ELSEWHERE = (
    "This is kept until the kernel ends: only your own copy of the course has a file for it."
)


class KeptFile:
    """A file of the working copy in which a kernel runs.

    Parameters
    ----------
    name
        Its name.
    version
        Of its content. A file of a newer version is left as it is.
    """

    def __init__(self, name: str, version: int) -> None:
        self.name = name
        self._version = version
        self._not_written = ""

    @property
    def note(self) -> str:
        """A sentence for the learner if nothing is kept, otherwise ""."""
        if find_working_copy() is None:
            return _ELSEWHERE
        if self.read() is None:
            return (
                f"{self.name} was written by a newer version of labkit, so it is left as it is. "
                "This is kept until the kernel ends."
            )
        return self._not_written

    def read(self) -> dict[str, Any] | None:
        """Return what it holds: nothing if it is missing or damaged, None if it is newer."""
        path = self._path()
        if path is None:
            return {}
        try:
            content = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(content, dict):
            return {}
        version = content.get("version")
        return None if isinstance(version, int) and version > self._version else content

    def write(self, content: Mapping[str, Any], *, is_damaged: bool) -> None:
        """Write it whole, if there is a working copy.

        Parameters
        ----------
        content
            What it is to hold.
        is_damaged
            Whether nothing could be made of what it holds: then that is kept under another name,
            for whoever may mend it.
        """
        path = self._path()
        if path is None:
            return
        text = json.dumps({"version": self._version, **content}, indent=1, sort_keys=True)
        try:
            if is_damaged and path.exists():
                _set_aside(path)
            write_whole(path, f"{text}\n".encode())
        except OSError as error:
            why = error.strerror or "it is in use"
            self._not_written = (
                f"{self.name} cannot be written ({why}), so this is kept until the kernel ends."
            )
        else:
            self._not_written = ""

    def _path(self) -> Path | None:
        folder = find_working_copy()
        return None if folder is None else folder / self.name


def _set_aside(path: Path) -> None:
    with suppress(OSError):
        os.replace(path, path.with_name(f"{path.stem}-damaged{path.suffix}"))
