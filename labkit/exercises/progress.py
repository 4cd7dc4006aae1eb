"""How far the learner is with each exercise: kept beside the notebooks, in one small JSON file.

It is kept in a working copy only (see `labkit.kept_file`). Of what several kernels wrote, the
better stays: an exercise that was done remains done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labkit.exercises.outcome import State
from labkit.kept_file import KeptFile

FILE = ".progress.json"
VERSION = 2

MAX_HINTS = 4
"""As many as an exercise has at most."""

_RANKS: dict[str, int] = {"untouched": 0, "not yet": 1, "done": 2}


@dataclass(frozen=True)
class Entry:
    """What is known of an exercise: the best state so far, and which hints were shown."""

    state: State = "untouched"
    hints: frozenset[int] = frozenset()

    def better(self, other: Entry) -> Entry:
        """Return the best of both."""
        state = max(self.state, other.state, key=_RANKS.__getitem__)
        return Entry(state, self.hints | other.hints)


class Progress:
    """The learner's progress."""

    def __init__(self) -> None:
        self._here: dict[str, Entry] = {}
        self._file = KeptFile(FILE, VERSION)

    @property
    def note(self) -> str:
        """A sentence for the learner if progress is not kept, otherwise ""."""
        return self._file.note

    def entries(self) -> Mapping[str, Entry]:
        """Return what is known, by the exercise's id."""
        return _merged(_entries(self._file.read() or {}), self._here)

    def entry(self, id: str) -> Entry:
        """Return what is known of an exercise."""
        return self.entries().get(id, Entry())

    def record(self, id: str, state: State = "untouched", hint: int | None = None) -> None:
        """Keep what a check found, or which hint was shown."""
        hints = frozenset() if hint is None else frozenset({hint})
        self._here[id] = self._here.get(id, Entry()).better(Entry(state, hints))
        content = self._file.read()
        if content is None:
            return
        kept = _entries(content)
        entries = _merged(kept, self._here)
        if entries == kept:
            return
        exercises = {
            each: {"state": e.state, "hints": sorted(e.hints)} for each, e in entries.items()
        }
        self._file.write({"exercises": exercises}, is_damaged=not kept)


progress = Progress()
"""That of this kernel."""


def _merged(one: Mapping[str, Entry], other: Mapping[str, Entry]) -> dict[str, Entry]:
    return {
        id: one.get(id, Entry()).better(other.get(id, Entry())) for id in sorted({*one, *other})
    }


def _entries(content: Mapping[str, Any]) -> dict[str, Entry]:
    """Return the entries of a file; what makes no sense is left out."""
    exercises = content.get("exercises")
    found = exercises.items() if isinstance(exercises, dict) else ()
    entries = ((id, _entry(value)) for id, value in found)
    return {id: entry for id, entry in entries if entry is not None}


def _entry(value: Any) -> Entry | None:
    """Return an entry of the file, None if it is damaged.

    Version 1 kept the highest number of a hint that was shown, in place of a list.
    """
    match value:
        case {"state": "untouched" | "not yet" | "done" as state, "hints": int(highest)}:
            return Entry(state, frozenset(range(1, min(highest, MAX_HINTS) + 1)))
        case {"state": "untouched" | "not yet" | "done" as state, "hints": [*numbers]}:
            return Entry(state, frozenset(each for each in numbers if type(each) is int))
    return None
