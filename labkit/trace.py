"""The record of what crossed a link: chunks of bytes and facts about connections.

Appending is cheap and decodes nothing; whoever looks decodes. One chunk is not one frame: under
load many frames share a chunk, and a large frame spans several.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from typing import Literal, NamedTuple

Direction = Literal["upstream", "downstream"]
"""Upstream: from client to server. Downstream: from server to client."""


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
        "" for a chunk, otherwise for example "opened", "half-closed", "closed", "reset", "cut".
    chunk
        The bytes, empty for a fact.
    """

    time: float
    connection: int
    direction: Direction | Literal[""]
    fact: str
    chunk: bytes


class Trace:
    """A bounded record; the oldest entries make room for new ones.

    Parameters
    ----------
    max_records
        How many chunks and facts are kept.
    max_bytes
        How many bytes of chunks are kept.
    """

    def __init__(self, max_records: int = 50_000, max_bytes: int = 16 * 2**20) -> None:
        self.max_records = max_records
        self.max_bytes = max_bytes
        self.dropped = 0
        # plain tuples: the garbage collector stops to track them, unlike named ones
        self._records: deque[tuple[float, int, Direction | Literal[""], str, bytes]] = deque()
        self._kept_bytes = 0

    def append(self, connection: int, direction: Direction, chunk: bytes) -> None:
        """Record that `chunk` passed in `direction` on a connection."""
        self._records.append((time.perf_counter(), connection, direction, "", chunk))
        self._kept_bytes += len(chunk)
        if self._kept_bytes > self.max_bytes or len(self._records) > self.max_records:
            self._make_room()

    def note(self, connection: int, fact: str, direction: Direction | Literal[""] = "") -> None:
        """Record a fact about a connection."""
        self._records.append((time.perf_counter(), connection, direction, fact, b""))
        self._make_room()

    def _make_room(self) -> None:
        while self._kept_bytes > self.max_bytes or len(self._records) > self.max_records:
            self._kept_bytes -= len(self._records.popleft()[-1])
            self.dropped += 1

    def __iter__(self) -> Iterator[Record]:
        return iter([Record(*entry) for entry in self._records])

    def __len__(self) -> int:
        return len(self._records)

    def bytes(self, direction: Direction, connection: int | None = None) -> bytes:
        """Return all kept bytes of a direction, joined (of one connection, or of all)."""
        return b"".join(
            record.chunk
            for record in self
            if not record.fact
            and record.direction == direction
            and connection in (None, record.connection)
        )

    def facts(self, connection: int | None = None) -> list[str]:
        """Return the facts in their order, as words: ``"closed upstream"``, ``"opened"``."""
        return [
            f"{record.fact} {record.direction}".strip()
            for record in self
            if record.fact and connection in (None, record.connection)
        ]

    def __repr__(self) -> str:
        dropped = f", {self.dropped} dropped" if self.dropped else ""
        return f"<Trace of {len(self)} records{dropped}>"
