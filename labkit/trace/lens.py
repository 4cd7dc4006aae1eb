"""The lens: decodes a trace when somebody looks, each record once."""

from __future__ import annotations

from collections import deque
from itertools import islice

from labkit.trace.conversation import Conversation, Found
from labkit.trace.rows import Row
from labkit.trace.trace import Record, Trace

ROWS = 50_000
"""Rows that are kept; older ones make room."""

_DROPPED = "records before it were dropped, so it cannot be decoded"


class Lens:
    """Reads a trace on from where it stopped.

    Parameters
    ----------
    trace
        What is read.

    Attributes
    ----------
    count
        How many rows there ever were.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._mark = 0
        self._rows: deque[Row] = deque(maxlen=ROWS)
        self._conversations: dict[int, Conversation] = {}
        self.count = 0

    def rows(self) -> list[Row]:
        """Return all rows that are kept, oldest first."""
        self.read()
        return list(self._rows)

    def since(self, number: int) -> list[Row]:
        """Decode what is new, and return the kept rows behind row `number`."""
        self.read()
        return self.decoded_since(number)

    def decoded_since(self, number: int) -> list[Row]:
        """Return the kept rows behind row `number`, of what is decoded already."""
        new = max(0, min(self.count - number, len(self._rows)))
        return list(islice(reversed(self._rows), new))[::-1]

    @property
    def behind(self) -> int:
        """How many records wait to be decoded."""
        return self._trace.total - self._mark

    def read(self, at_most: int | None = None) -> bool:
        """Decode what is new, or so many records of it; return whether all is decoded."""
        if self._trace.dropped > self._mark:
            for conversation in self._conversations.values():
                conversation.lost = _DROPPED
            self._mark = self._trace.dropped
        records = self._trace.since(self._mark)[:at_most]
        self._mark += len(records)
        for record in records:
            for found in self._decoded(record):
                self.count += 1
                self._rows.append(_row(self.count, self._trace.name, record, found))
        return self._mark == self._trace.total

    def _decoded(self, record: Record) -> list[Found]:
        conversation = self._conversations.get(record.connection)
        if conversation is None:
            lost = _DROPPED if self._trace.dropped and record.fact != "opened" else ""
            conversation = self._conversations[record.connection] = Conversation(lost)
        found = conversation.feed(record)
        if record.fact in ("closed", "reset", "cut"):
            self._conversations.pop(record.connection, None)
        return found


def _row(number: int, link: str, record: Record, found: Found) -> Row:
    return Row(
        number,
        record.time,
        record.connection,
        found.direction,
        found.kind,
        found.size,
        found.content,
        found.payload,
        found.problem,
        found.decoded,
        link,
        found.layers,
    )
