"""What a server notes of what happens, for its view: the last part of it, and counts of all."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal

from labkit.untrusted import plain_text

LONGEST = 500
"""Characters of an event that are kept: part of it may come from a stranger."""

KEPT = 100
"""Messages, and other events, that a server remembers."""

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
"""What a server notes."""

CROWDED = ("refused", "ignored")
"""Kinds that strangers can cause without end: equal ones are joined."""


@dataclass(frozen=True)
class Event:
    """Something that a server noted.

    Attributes
    ----------
    kind
        What happened. "joined" and "left" tell of rooms and namespaces, "ignored" of a message that
        nobody handles, "dropped" of a slow reader.
    times
        How often it happened. Those of `CROWDED` that differ in nothing are one event, told of the
        last.
    """

    at: float
    kind: Kind
    who: str
    text: str
    times: int = 1


class Log:
    """The events of one server.

    Attributes
    ----------
    counts
        How often each kind of event happened.
    """

    def __init__(self) -> None:
        self._messages: deque[tuple[int, Event]] = deque(maxlen=KEPT)
        self._others: deque[tuple[int, Event]] = deque(maxlen=KEPT)
        self._number = count()
        self.counts: dict[str, int] = {}

    @property
    def events(self) -> list[Event]:
        """What happened last, oldest first; many messages do not push out all else."""
        return [event for _, event in sorted([*self._messages, *self._others])]

    def add(self, kind: Kind, who: str, text: str) -> None:
        """Keep an event and count it."""
        event = Event(time.time(), kind, plain_text(who), plain_text(text, LONGEST))
        if kind in CROWDED:
            event = self._joined(event)
        kept = self._messages if kind == "message" else self._others
        kept.append((next(self._number), event))
        self.counts[kind] = self.counts.get(kind, 0) + 1

    def _joined(self, event: Event) -> Event:
        for known in self._others:
            earlier = known[1]
            if (earlier.kind, earlier.who, earlier.text) == (event.kind, event.who, event.text):
                self._others.remove(known)
                return replace(event, times=earlier.times + 1)
        return event
