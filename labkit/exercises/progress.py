"""How far the learner is with each exercise: kept beside the notebooks, in one small JSON file.

It is kept in a working copy only (see `labkit.working_copy`); elsewhere it lasts as long as the
kernel. A check never fails because of it: where the file cannot be read or written, the board says
so. Several kernels write it, so each of them first reads what is there, and what is better stays:
an exercise that was done remains done.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labkit.exercises.outcome import State
from labkit.working_copy import find_working_copy, write_whole

FILE = ".progress.json"
VERSION = 1

_RANKS: dict[str, int] = {"untouched": 0, "not yet": 1, "done": 2}

_ELSEWHERE = (
    "This is kept until the kernel ends: only your own copy of the course has a file for it."
)
_NEWER = (
    f"{FILE} was written by a newer version of labkit, so it is left as it is. This is kept until "
    "the kernel ends."
)


@dataclass(frozen=True)
class Entry:
    """What is known of an exercise: the best state so far, and the number of hints shown."""

    state: State = "untouched"
    hints: int = 0

    def better(self, other: Entry) -> Entry:
        """Return the best of both."""
        state = max(self.state, other.state, key=_RANKS.__getitem__)
        return Entry(state, max(self.hints, other.hints))


class Progress:
    """The learner's progress.

    Attributes
    ----------
    note
        A sentence for the learner if progress is not kept, otherwise "".
    """

    def __init__(self) -> None:
        self._here: dict[str, Entry] = {}
        self._not_written = ""

    @property
    def note(self) -> str:
        """A sentence for the learner if progress is not kept, otherwise ""."""
        folder = find_working_copy()
        if folder is None:
            return _ELSEWHERE
        return _NEWER if _read(folder / FILE) is None else self._not_written

    def entries(self) -> Mapping[str, Entry]:
        """Return what is known, by the exercise's id."""
        folder = find_working_copy()
        kept = {} if folder is None else _read(folder / FILE) or {}
        return _merged(kept, self._here)

    def entry(self, id: str) -> Entry:
        """Return what is known of an exercise."""
        return self.entries().get(id, Entry())

    def record(self, id: str, state: State = "untouched", hints: int = 0) -> None:
        """Keep what a check found, or how many hints were shown."""
        self._here[id] = self._here.get(id, Entry()).better(Entry(state, hints))
        folder = find_working_copy()
        if folder is None:
            return
        path = folder / FILE
        kept = _read(path)
        if kept is None:
            return
        entries = _merged(kept, self._here)
        if entries == kept:
            return
        exercises = {each: {"state": e.state, "hints": e.hints} for each, e in entries.items()}
        text = json.dumps({"version": VERSION, "exercises": exercises}, indent=1, sort_keys=True)
        try:
            if not kept and path.exists():
                _set_aside(path)
            write_whole(path, f"{text}\n".encode())
        except OSError as error:
            why = error.strerror or "it is in use"
            self._not_written = (
                f"{FILE} cannot be written ({why}), so this is kept until the kernel ends."
            )
        else:
            self._not_written = ""


progress = Progress()
"""That of this kernel."""


def _merged(one: Mapping[str, Entry], other: Mapping[str, Entry]) -> dict[str, Entry]:
    return {
        id: one.get(id, Entry()).better(other.get(id, Entry())) for id in sorted({*one, *other})
    }


def _read(path: Path) -> dict[str, Entry] | None:
    """Return what a file holds: nothing if it is damaged, None if a newer version wrote it."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    version = content.get("version") if isinstance(content, dict) else None
    if isinstance(version, int) and version > VERSION:
        return None
    exercises = content.get("exercises") if isinstance(content, dict) else None
    found = exercises.items() if isinstance(exercises, dict) else ()
    entries = ((id, _entry(value)) for id, value in found)
    return {id: entry for id, entry in entries if entry is not None}


def _entry(value: Any) -> Entry | None:
    """Return an entry of the file, None if it is damaged."""
    match value:
        case {"state": "untouched" | "not yet" | "done" as state, "hints": int(hints)}:
            return Entry(state, max(0, hints))
    return None


def _set_aside(path: Path) -> None:
    """Keep a file that cannot be read, for whoever may mend it."""
    with suppress(OSError):
        os.replace(path, path.with_name(f"{path.stem}-damaged{path.suffix}"))
