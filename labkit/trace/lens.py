"""The lens: decodes a trace when somebody looks, each record once."""

from __future__ import annotations

import time
from collections import deque
from itertools import islice

from labkit.protocols.http1 import HttpMessage
from labkit.protocols.messages import Message
from labkit.trace.conversation import Conversation, Found
from labkit.trace.rows import Row
from labkit.trace.trace import Record, Trace

ENDS = ("closed", "reset", "cut", "refused")
"""How facts begin after which nothing more of a connection comes."""

OPENINGS = 16
"""Requests of one connection that are kept when their rows are dropped."""


class Lens:
    """Reads a trace on from where it stopped.

    It keeps as many rows as the trace may keep records, and rows of as many bytes.
    It reads every record, also those that the trace drops before somebody looks: a connection can
    only be decoded from its beginning.

    Parameters
    ----------
    trace
        What is read.

    Attributes
    ----------
    count
        How many rows there ever were.
    mark
        Number of the record that is read next.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self.mark = 0
        self._rows: deque[Row] = deque()
        self._bytes = 0
        self._conversations: dict[int, Conversation] = {}
        self._openings: dict[int, dict[int, list[Row]]] = {}
        self.count = 0

    def rows(self) -> list[Row]:
        """Return all rows that are kept, oldest first."""
        self.read()
        return list(self._rows)

    def decoded_since(self, number: int) -> list[Row]:
        """Return the kept rows behind row `number`, of what is decoded already."""
        new = max(0, min(self.count - number, len(self._rows)))
        return list(islice(reversed(self._rows), new))[::-1]

    @property
    def behind(self) -> int:
        """How many records wait to be decoded."""
        return self._trace.total - self.mark

    def read(self, seconds: float | None = None) -> None:
        """Decode what is new, or as much of it as can be done in so many seconds."""
        end = None if seconds is None else time.perf_counter() + seconds
        for record in self._trace.since(self.mark):
            self.mark += 1
            for found in self._conversation(record).feed(record):
                self._rows.append(self._row(record, found))
                self._bytes += _weight(self._rows[-1])
                self._make_room()
            self._forget_if_over(record)
            if end is not None and time.perf_counter() > end:
                break

    def pass_over(self, record: Record) -> None:
        """Read the next record, which the trace is about to drop: rows before it go as well."""
        self.mark += 1
        while self._rows:
            self._let_go(self._rows.popleft())
        self._bytes = 0
        passed, founds = self._conversation(record).pass_over(record)
        self.count += passed
        for found in founds:
            self._let_go(self._row(record, found))
        if record.fact:
            self._forget_if_over(record)

    def _row(self, record: Record, found: Found) -> Row:
        self.count += 1
        return _row(self.count, self._trace.name, record, found)

    def _make_room(self) -> None:
        while len(self._rows) > self._trace.max_records or (
            self._bytes > self._trace.max_bytes and self._rows
        ):
            row = self._rows.popleft()
            self._bytes -= _weight(row)
            self._let_go(row)

    def _let_go(self, row: Row) -> None:
        """Keep no more of a row than later ones need: a handshake, a request without its answer."""
        message = row.decoded
        if row.is_fact and row.kind.startswith(ENDS):
            self._openings.pop(row.connection, None)
        elif isinstance(message, HttpMessage):
            exchanges = self._openings.setdefault(row.connection, {})
            if message.is_request:
                exchanges[message.exchange] = [row]
                if len(exchanges) > OPENINGS:
                    del exchanges[next(iter(exchanges))]
            elif message.switches and message.exchange in exchanges:
                exchanges[message.exchange].append(row)
            elif message.status >= 200:
                exchanges.pop(message.exchange, None)

    @property
    def openings(self) -> list[Row]:
        """What is kept of dropped rows: with which requests the connections of later rows began."""
        exchanges = (each for kept in self._openings.values() for each in kept.values())
        return sorted((row for rows in exchanges for row in rows), key=lambda row: row.number)

    @property
    def first(self) -> int:
        """Number of the oldest row that is kept."""
        return self.count - len(self._rows) + 1

    def _conversation(self, record: Record) -> Conversation:
        conversation = self._conversations.get(record.connection)
        if conversation is None:
            conversation = self._conversations[record.connection] = Conversation()
        return conversation

    def _forget_if_over(self, record: Record) -> None:
        if record.fact.startswith(ENDS):
            self._conversations.pop(record.connection, None)


def _weight(row: Row) -> int:
    """Return how many bytes a row holds: those that crossed, and what was put together of them."""
    decoded = row.decoded
    if isinstance(decoded, Message) and decoded.content is not decoded.frames[0].payload:
        return row.size + len(row.payload)
    return row.size


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
