"""What every transport's Server offers."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Literal, Self

from labkit.clock import Changes

KEPT = 100
"""Messages, and other events, that a server remembers."""


@dataclass
class Guest:
    """One connection, as the server sees it.

    Attributes
    ----------
    number
        Counts the server's connections, from 1.
    name
        The client's name if it is one of the bench, otherwise ``guest N``.
    since
        Seconds since the epoch.
    received
        How many messages came from it, where the server counts them (the finished chats do).
    raw
        The library's own object.
    """

    number: int
    name: str
    since: float
    raw: Any
    received: int = 0


@dataclass(frozen=True)
class Event:
    """Something that a server noted.

    Attributes
    ----------
    kind
        "connected", "message", "closed", "refused", "error" or "dropped".
    times
        How often it happened. Refusals that differ in nothing are one event, told of the last.
    """

    at: float
    kind: Literal["connected", "message", "closed", "refused", "error", "dropped"]
    who: str
    text: str
    times: int = 1


class Server(ABC):
    """A server that runs in the kernel.

    Attributes
    ----------
    name
        How it is called on the bench.
    guests
        Who is connected, in the order of arrival.
    counts
        How often each kind of event happened since the start.
    changes
        Notified after every change of the above.
    """

    transport: str
    scheme: str

    def __init__(self, name: str) -> None:
        self.name = name
        self.host = "127.0.0.1"
        self.port = 0
        self.running = False
        self.guests: list[Guest] = []
        self._messages: deque[tuple[int, Event]] = deque(maxlen=KEPT)
        self._events: deque[tuple[int, Event]] = deque(maxlen=KEPT)
        self._number = count()
        self.counts: dict[str, int] = {}
        self.changes = Changes()
        self.names: Callable[[int], str | None] = lambda port: None

    @abstractmethod
    async def start(self) -> None:
        """Listen. Raises LabError if the port cannot be had."""

    @abstractmethod
    async def stop(self) -> None:
        """Refuse new clients, tell the others that the server goes away, end within 3 s."""

    def sweep(self) -> None:  # noqa: B027
        """Look after the connections; called ten times a second."""

    @property
    def url(self) -> str:
        """Where clients connect to."""
        return f"{self.scheme}://{self.host}:{self.port}/"

    @property
    def page(self) -> str:
        """Where a browser finds the chat page."""
        return f"http://{self.host}:{self.port}/"

    @property
    def connections(self) -> list[str]:
        """The names of those who are connected, in the order of arrival."""
        return [guest.name for guest in self.guests]

    @property
    def events(self) -> list[Event]:
        """What happened last, oldest first; many messages do not push out all else."""
        return [event for _, event in sorted([*self._messages, *self._events])]

    def note(
        self,
        kind: Literal["connected", "message", "closed", "refused", "error", "dropped"],
        who: str,
        text: str = "",
    ) -> None:
        """Keep an event and count it."""
        event = Event(time.time(), kind, who, text)
        if kind == "refused":  # strangers come in crowds
            event = self._joined(event)
        kept = self._messages if kind == "message" else self._events
        kept.append((next(self._number), event))
        self.counts[kind] = self.counts.get(kind, 0) + 1
        self.changes.notify()

    def _joined(self, event: Event) -> Event:
        for known in self._events:
            earlier = known[1]
            if (earlier.kind, earlier.who, earlier.text) == (event.kind, event.who, event.text):
                self._events.remove(known)
                return replace(event, times=earlier.times + 1)
        return event

    async def __aenter__(self) -> Self:
        if not self.running:
            await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    def __repr__(self) -> str:
        state = "running" if self.running else "stopped"
        return f"<Server {self.name!r}: {self.transport}, {state}, {len(self.guests)} connected>"
