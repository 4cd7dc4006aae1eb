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
VERSION = 1

_RANKS: dict[str, int] = {"untouched": 0, "not yet": 1, "done": 2}


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

    def record(self, id: str, state: State = "untouched", hints: int = 0) -> None:
        """Keep what a check found, or how many hints were shown."""
        self._here[id] = self._here.get(id, Entry()).better(Entry(state, hints))
        content = self._file.read()
        if content is None:
            return
        kept = _entries(content)
        entries = _merged(kept, self._here)
        if entries == kept:
            return
        exercises = {each: {"state": e.state, "hints": e.hints} for each, e in entries.items()}
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
    """Return an entry of the file, None if it is damaged."""
    match value:
        case {"state": "untouched" | "not yet" | "done" as state, "hints": int(hints)}:
            return Entry(state, max(0, hints))
    return None
