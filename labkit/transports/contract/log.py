"""The log of a server, for its view: the last entries, and counts of all."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal

from labkit.untrusted import plain_text

LONGEST = 500
"""Characters of an entry that are kept: part of it may come from a stranger."""

KEPT = 100
"""Entries about messages, and others, that a server remembers."""

Kind = Literal[
    "connected",
    "message",
    "joined",
    "left",
    "closed",
    "refused",
    "ignored",
    "error",
    "dropped",
]
"""What a log entry reports."""

CROWDED = ("refused", "ignored")
"""Kinds that strangers can cause without end: equal ones are joined."""


@dataclass(frozen=True)
class LogEntry:
    """A line in a server's log.

    Attributes
    ----------
    kind
        What happened. "joined" and "left" tell of rooms and namespaces, "ignored" of a message that
        nobody handles, "dropped" of a slow reader.
    times
        How often it happened. Those of `CROWDED` that differ in nothing are one entry, of the last
        time.
    """

    at: float
    kind: Kind
    who: str
    text: str
    times: int = 1


class Log:
    """The log of one server.

    Attributes
    ----------
    counts
        How often each kind of entry happened.
    """

    def __init__(self) -> None:
        self._messages: deque[tuple[int, LogEntry]] = deque(maxlen=KEPT)
        self._others: deque[tuple[int, LogEntry]] = deque(maxlen=KEPT)
        self._number = count()
        self.counts: dict[str, int] = {}

    @property
    def entries(self) -> list[LogEntry]:
        """What happened last, oldest first; many messages do not push out all else."""
        return [entry for _, entry in sorted([*self._messages, *self._others])]

    def add(self, kind: Kind, who: str, text: str) -> None:
        """Keep an entry and count it."""
        entry = LogEntry(time.time(), kind, plain_text(who), plain_text(text, LONGEST))
        if kind in CROWDED:
            entry = self._joined(entry)
        kept = self._messages if kind == "message" else self._others
        kept.append((next(self._number), entry))
        self.counts[kind] = self.counts.get(kind, 0) + 1

    def _joined(self, entry: LogEntry) -> LogEntry:
        for known in self._others:
            earlier = known[1]
            if (earlier.kind, earlier.who, earlier.text) == (entry.kind, entry.who, entry.text):
                self._others.remove(known)
                return replace(entry, times=earlier.times + 1)
        return entry
