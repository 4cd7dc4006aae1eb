"""The record of a link: chunks of bytes, and facts about connections, as they came.

Appending is cheap and decodes nothing. One chunk is not one frame: under load many frames share a
chunk, and a large frame spans several.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Literal, NamedTuple

from labkit.protocols.directions import Direction
from labkit.trace.passage import Passage

ENCRYPTED = "encrypted (TLS)"
"""What an "opened" of a trace from a HAR file says of a connection that no link could have read."""

MAX_PASSAGES = 2000
"""Directions of connections of which it is kept when their bytes left; the oldest make room."""


class Record(NamedTuple):
    """One chunk, or one fact.

    Attributes
    ----------
    time
        Seconds of `time.perf_counter`.
    connection
        Number of the connection on its link, from 1.
    direction
        Which way the bytes went; of a fact, which side caused it ("" if none did).
    fact
        "" for a chunk, otherwise for example "opened", "half-closed", "closed", "reset", "cut". Of
        a HAR file also "error: ..." (what the browser said) and "unreadable: ..." (why it is).
    chunk
        The bytes, empty for a fact.
    """

    time: float
    connection: int
    direction: Direction | Literal[""]
    fact: str
    chunk: bytes


class Records:
    """A bounded sequence of records; the oldest make room for new ones.

    Parameters
    ----------
    max_records
        How many chunks and facts are kept.
    max_bytes
        How many bytes of chunks are kept.
    name
        Of the link, for tables of several.

    Attributes
    ----------
    dropped
        How many records made room for later ones.
    passages
        By connection and direction, when bytes left, where a fault has acted.
    """

    def __init__(
        self, max_records: int = 50_000, max_bytes: int = 16 * 2**20, name: str = ""
    ) -> None:
        self.name = name
        self.max_records = max_records
        self.max_bytes = max_bytes
        self.dropped = 0
        # a queue for each field: a tuple for each record would take twice the memory, and be
        # tracked by the garbage collector
        self._times: deque[float] = deque()
        self._connections: deque[int] = deque()
        self._directions: deque[Direction | Literal[""]] = deque()
        self._contents: deque[bytes | str] = deque()  # a chunk, or the words of a fact
        self._kept_bytes = 0
        self.passages: dict[tuple[int, Direction], Passage] = {}

    def append(self, connection: int, direction: Direction, chunk: bytes) -> None:
        """Record that `chunk` passed in `direction` on a connection."""
        self._times.append(time.perf_counter())
        self._connections.append(connection)
        self._directions.append(direction)
        self._contents.append(chunk)
        self._kept_bytes += len(chunk)
        if self._kept_bytes > self.max_bytes or len(self._times) > self.max_records:
            self._make_room()

    def note(self, connection: int, fact: str, direction: Direction | Literal[""] = "") -> None:
        """Record a fact about a connection."""
        self._times.append(time.perf_counter())
        self._connections.append(connection)
        self._directions.append(direction)
        self._contents.append(fact)
        self._make_room()

    def passage(self, connection: int, direction: Direction, entered: int) -> Passage:
        """Keep from now on when the bytes of a direction leave; so many have entered."""
        passage = self.passages.get((connection, direction))
        if passage is not None:
            passage.resume(entered)
            return passage
        if len(self.passages) >= MAX_PASSAGES:
            del self.passages[next(iter(self.passages))]
        passage = self.passages[connection, direction] = Passage(entered)
        return passage

    def add(self, record: Record) -> None:
        """Append a record with its own time, for example one of another trace."""
        if record.fact:
            self.note(record.connection, record.fact, record.direction)
        elif record.direction:
            self.append(record.connection, record.direction, record.chunk)
        if self._times:
            self._times[-1] = record.time

    def _make_room(self) -> None:
        while self._kept_bytes > self.max_bytes or len(self._times) > self.max_records:
            self._before_drop()
            self._times.popleft()
            self._connections.popleft()
            self._directions.popleft()
            content = self._contents.popleft()
            if isinstance(content, bytes):
                self._kept_bytes -= len(content)
            self.dropped += 1

    def _before_drop(self) -> None:
        """Do what must be done before the oldest record goes: here nothing."""

    @property
    def oldest(self) -> Record:
        """The oldest record that is kept."""
        return _record(self._times[0], self._connections[0], self._directions[0], self._contents[0])

    @property
    def total(self) -> int:
        """How many records there ever were: those that are kept, and those that were dropped."""
        return self.dropped + len(self._times)

    def since(self, mark: int, most: int | None = None) -> list[Record]:
        """Return the kept records from number `mark` on, the oldest of them, `most` at most.

        The first record ever has number 0.
        """
        kept = len(self._times)
        new = min(self.total - mark, kept)
        size = new if most is None else min(new, most)
        fields = (self._times, self._connections, self._directions, self._contents)
        if new < kept // 2:  # the way from the end is shorter
            columns = [list(islice(reversed(field), new - size, new))[::-1] for field in fields]
        else:
            columns = [list(islice(field, kept - new, kept - new + size)) for field in fields]
        return [_record(*values) for values in zip(*columns, strict=True)]

    def __iter__(self) -> Iterator[Record]:
        return iter(self.since(0))

    def __len__(self) -> int:
        return len(self._times)


def _record(
    at: float, connection: int, direction: Direction | Literal[""], content: bytes | str
) -> Record:
    if isinstance(content, str):
        return Record(at, connection, direction, content, b"")
    return Record(at, connection, direction, "", content)
