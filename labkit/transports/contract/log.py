"""The log of a server, for its view: the last entries, and the counts of all entries."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal

from labkit.untrusted import plain_text

MAX_LOG_TEXT = 500
"""Characters to keep of an entry's text: part of it may come from a foreign client."""

MAX_LOG_ENTRIES = 100
"""Entries about messages to keep, and as many others."""

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
"""The kinds of log entries."""

MERGED_KINDS = ("refused", "ignored")
"""Kinds that foreign clients can cause without end: equal entries are merged."""


@dataclass(frozen=True)
class LogEntry:
    """A line in a server's log.

    Attributes
    ----------
    at
        The time, in seconds since the epoch.
    kind
        What happened. "joined" and "left" are about rooms and namespaces, "ignored" about an event
        without a handler, "dropped" about a slow reader.
    who
        The name of the connection.
    text
        The details.
    times
        How often it happened. Equal entries of `MERGED_KINDS` are merged into one, with the last
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
        The number of entries of each kind so far.
    """

    def __init__(self) -> None:
        self._messages: deque[tuple[int, LogEntry]] = deque(maxlen=MAX_LOG_ENTRIES)
        self._new: deque[tuple[int, float, str, str]] = deque(maxlen=MAX_LOG_ENTRIES)
        self._others: deque[tuple[int, LogEntry]] = deque(maxlen=MAX_LOG_ENTRIES)
        self._number = count()
        self.counts: dict[str, int] = {}

    @property
    def entries(self) -> list[LogEntry]:
        """The last entries, oldest first; entries about messages do not displace the others."""
        while self._new:
            number, at, who, text = self._new.popleft()
            self._messages.append((number, _entry(at, "message", who, text)))
        return [entry for _, entry in sorted([*self._messages, *self._others])]

    def add(self, kind: Kind, who: str, text: str) -> None:
        """Keep an entry and count it.

        One about a message becomes an entry only when somebody looks: most are pushed out before.
        """
        self.counts[kind] = self.counts.get(kind, 0) + 1
        number, at = next(self._number), time.time()
        if kind == "message":
            self._new.append((number, at, who, text[: MAX_LOG_TEXT + 1]))
            return
        entry = _entry(at, kind, who, text)
        if kind in MERGED_KINDS:
            entry = self._joined(entry)
        self._others.append((number, entry))

    def _joined(self, entry: LogEntry) -> LogEntry:
        for known in self._others:
            earlier = known[1]
            if (earlier.kind, earlier.who, earlier.text) == (entry.kind, entry.who, entry.text):
                self._others.remove(known)
                return replace(entry, times=earlier.times + 1)
        return entry


def _entry(at: float, kind: Kind, who: str, text: str) -> LogEntry:
    return LogEntry(at, kind, plain_text(who), plain_text(text, MAX_LOG_TEXT))
