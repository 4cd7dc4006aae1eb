"""The lens: decodes a trace when somebody looks, each record once."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from itertools import islice

from labkit.protocols.http1 import HttpMessage
from labkit.protocols.messages import Message
from labkit.trace.conversation import Conversation, Found
from labkit.trace.rows import Row
from labkit.trace.trace import Record, Trace

ENDS = ("closed", "reset", "cut", "refused")
"""How facts begin after which nothing more of a connection comes."""

BATCH = 256
"""Records that are taken from the trace at a time."""

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
        self._reading: tuple[Record, Conversation, Iterator[list[Found]]] | None = None
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
        """How many records wait to be decoded, or to be decoded in full."""
        return self._trace.total - self.mark + (self._reading is not None)

    def read(self, seconds: float | None = None) -> None:
        """Decode what is new, or as much of it as can be done in so many seconds."""
        end = None if seconds is None else time.perf_counter() + seconds
        go_on = self._reading is None or self._read_on(end)
        while go_on and self.mark < self._trace.total:
            for record in self._trace.since(self.mark, BATCH):
                self._begin(record)
                go_on = self._read_on(end)
                if not go_on:
                    break

    def pass_over(self, record: Record) -> None:
        """Read the next record, which the trace is about to drop: rows before it go as well."""
        self._read_on(None)
        while self._rows:
            self._let_go(self._rows.popleft())
        self._bytes = 0
        self.mark += 1
        conversation = self._conversation(record)
        try:
            passed, steps = conversation.pass_over(record)
        except Exception as error:  # whatever happens here, the link relays on
            passed, steps = 0, iter([[conversation.give_up(record, error)]])
        self.count += passed
        while (step := _next_step(record, conversation, steps)) is not None:
            for found in step:
                self._let_go(self._row(record, found))
        if record.fact:
            self._forget_if_over(record)

    def _begin(self, record: Record) -> None:
        self.mark += 1
        conversation = self._conversation(record)
        self._reading = record, conversation, conversation.feed(record)

    def _read_on(self, end: float | None) -> bool:
        """Go on with the record that is being read; return whether there is time for another."""
        while self._reading is not None:
            record, conversation, steps = self._reading
            step = _next_step(record, conversation, steps)
            if step is None:
                self._reading = None
                self._forget_if_over(record)
                break
            for found in step:
                self._rows.append(self._row(record, found))
                self._bytes += _weight(self._rows[-1])
                self._make_room()
            if end is not None and time.perf_counter() > end:
                return False
        return end is None or time.perf_counter() <= end

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


def _next_step(
    record: Record, conversation: Conversation, steps: Iterator[list[Found]]
) -> list[Found] | None:
    """Return what the next step finds, None at the end; a mistake of the decoder's own is a row."""
    try:
        return next(steps, None)
    except Exception as error:
        return [conversation.give_up(record, error)]
    except BaseException as error:  # Jupyter's interrupt, in the middle of it
        conversation.give_up(record, error)
        raise


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
