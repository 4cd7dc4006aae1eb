"""The lens decodes the records of a link, each of them once, when its rows are wanted."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice

from labkit.protocols.connection_decoder import ConnectionDecoder
from labkit.protocols.decoded import DecodedHttp
from labkit.protocols.directions import DIRECTIONS, Direction
from labkit.protocols.envelopes import find_purpose
from labkit.protocols.http1 import HttpMessage
from labkit.protocols.messages import Message
from labkit.protocols.splitter import Splitter
from labkit.protocols.streamed import StreamedBlock, StreamEnd
from labkit.trace.records import Record, Records
from labkit.trace.rows import Poll, Row
from labkit.trace.wording import Item, Mistake, describe_item

ENDS = ("closed", "reset", "cut", "refused")
"""How the facts begin that end a connection."""

BATCH = 256
"""Records that are read at a time."""

MAX_OPENINGS = 16
"""Requests of one connection that are kept when their rows are dropped."""


class Lens:
    """Decodes records, and continues where it stopped.

    It keeps as many rows as records may be kept, and rows of as many bytes. It reads every record,
    even one that is dropped before its rows were wanted, since a connection can only be decoded
    from its beginning.

    Parameters
    ----------
    records
        The records to decode.

    Attributes
    ----------
    count
        How many rows there ever were.
    mark
        Number of the record that is read next.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self.mark = 0
        self._rows: deque[Row] = deque()
        self._bytes = 0
        self._decoders: dict[int, ConnectionDecoder] = {}
        self._openings: dict[int, dict[int, list[Row]]] = {}
        self._polls: dict[int, dict[int, Poll]] = {}  # without an answer, by connection
        self._reading: tuple[Record, ConnectionDecoder, Iterator[Sequence[Item]]] | None = None
        # by connection, the number, direction and bytes of what is not read, up to `_collected`
        self._unread: dict[int, deque[tuple[int, Direction, bytes]]] = {}
        self._collected = 0
        self.count = 0

    def rows(self) -> list[Row]:
        """Return all rows that are kept, oldest first."""
        self.read()
        return list(self._rows)

    def decoded_since(self, number: int) -> list[Row]:
        """Return the kept rows after row `number`, without decoding more."""
        new = max(0, min(self.count - number, len(self._rows)))
        return list(islice(reversed(self._rows), new))[::-1]

    @property
    def behind(self) -> int:
        """How many records are not decoded yet, or not in full."""
        return self._records.total - self.mark + (self._reading is not None)

    def read(self, seconds: float | None = None) -> None:
        """Decode all new records, or as many as so many seconds allow."""
        end = None if seconds is None else time.perf_counter() + seconds
        go_on = self._reading is None or self._read_on(end)
        while go_on and self.mark < self._records.total:
            for record in self._records.since(self.mark, BATCH):
                self._begin(record)
                go_on = self._read_on(end)
                if not go_on:
                    break

    def pass_over(self, record: Record) -> None:
        """Read the next record, which is about to be dropped, and drop the rows before it."""
        self._read_on(None)
        while self._rows:
            self._let_go(self._rows.popleft())
        self._bytes = 0
        self._step_over(record)
        decoder = self._decoder(record)
        steps: Iterator[Sequence[Item]]
        try:
            if record.direction and not record.fact:
                passed, steps = decoder.pass_over(record.direction, record.chunk)
            else:
                passed, steps = 0, _steps(decoder, record)
        except Exception as error:  # whatever happens here, the link relays on
            passed, steps = 0, iter([[_give_up(decoder, record, error)]])
        self.count += passed
        while (step := _next_step(record, decoder, steps)) is not None:
            for item in step:
                self._let_go(self._row(record, item))
        if record.fact:
            self._forget_if_over(record)

    def splitter(self, connection: int) -> Splitter:
        """Return a splitter that begins behind the last record of a connection.

        It takes the place of the decoder, if the record's beginning was dropped, and goes on from
        there, which is much faster than to decode.
        """
        self._read_on(None)
        decoder = self._decoders.get(connection)
        splitter = Splitter() if decoder is None else decoder.splitter()
        self._collect_unread()
        for _, direction, chunk in self._unread.get(connection, ()):
            splitter.feed(direction, chunk)
        splitter.join()
        return splitter

    def _collect_unread(self) -> None:
        """Sort new records by connection, once for all connections that ask for a splitter."""
        start = max(self._collected, self.mark)
        for number, record in enumerate(self._records.since(start), start):
            if record.direction and not record.fact:
                chunks = self._unread.setdefault(record.connection, deque())
                chunks.append((number, record.direction, record.chunk))
        self._collected = self._records.total

    def _step_over(self, record: Record) -> None:
        """Go on to the record behind the one at `mark`."""
        chunks = self._unread.get(record.connection)
        if chunks and chunks[0][0] == self.mark:
            chunks.popleft()
            if not chunks:
                del self._unread[record.connection]
        self.mark += 1

    def _begin(self, record: Record) -> None:
        self._step_over(record)
        decoder = self._decoder(record)
        self._reading = record, decoder, _steps(decoder, record)

    def _read_on(self, end: float | None) -> bool:
        """Continue the record that is being read; return whether there is time for another."""
        while self._reading is not None:
            record, decoder, steps = self._reading
            step = _next_step(record, decoder, steps)
            if step is None:
                self._reading = None
                self._forget_if_over(record)
                break
            for item in step:
                self._rows.append(self._row(record, item))
                self._bytes += _weight(self._rows[-1])
                self._make_room()
            if end is not None and time.perf_counter() > end:
                return False
        return end is None or time.perf_counter() <= end

    def _row(self, record: Record, item: Item) -> Row:
        self.count += 1
        wording = describe_item(item)
        passage = None
        if wording.direction and self._records.passages:
            passage = self._records.passages.get((record.connection, wording.direction))
        stop = 0 if isinstance(item, Record | Mistake) else item.stop
        return Row(
            self.count,
            record.time,
            record.connection,
            wording.direction,
            wording.kind,
            wording.size,
            wording.content,
            wording.payload,
            wording.problem,
            wording.decoded,
            self._records.name,
            stop,
            wording.packets,
            passage if stop else None,
            wording.layers,
            self._poll(record.connection, item) if isinstance(item, DecodedHttp) else None,
        )

    def _poll(self, connection: int, item: DecodedHttp) -> Poll | None:
        """Return what a request that listens shares with its answer."""
        message, purpose = item.message, find_purpose(item.request)
        if purpose not in ("poll", "stream"):
            return None
        polls = self._polls.setdefault(connection, {})
        poll = polls.setdefault(message.exchange, Poll(purpose == "stream"))
        if message.status >= 200:
            batch = item.batch
            brought = batch is None or bool(batch.messages or batch.lost)
            poll.brought = message.status != 204 and brought
            del polls[message.exchange]
        return poll

    def _make_room(self) -> None:
        while len(self._rows) > self._records.max_records or (
            self._bytes > self._records.max_bytes and self._rows
        ):
            row = self._rows.popleft()
            self._bytes -= _weight(row)
            self._let_go(row)

    def _let_go(self, row: Row) -> None:
        """Drop a row, but keep what later ones need: a handshake, a stream's head, a request."""
        message = row.decoded
        if row.is_fact and row.kind.startswith(ENDS):
            self._openings.pop(row.connection, None)
        elif isinstance(message, HttpMessage):
            exchanges = self._openings.setdefault(row.connection, {})
            if message.is_request:
                exchanges[message.exchange] = [row]
                if len(exchanges) > MAX_OPENINGS:
                    del exchanges[next(iter(exchanges))]
            elif message.switches or message.opens_stream:
                exchanges.get(message.exchange, []).append(row)
            elif message.status >= 200:
                exchanges.pop(message.exchange, None)
        elif isinstance(message, StreamEnd):
            self._openings.get(row.connection, {}).pop(message.exchange, None)

    @property
    def openings(self) -> list[Row]:
        """Rows that were dropped, and are kept since later rows belong to their requests."""
        exchanges = (each for kept in self._openings.values() for each in kept.values())
        return sorted((row for rows in exchanges for row in rows), key=lambda row: row.number)

    @property
    def first(self) -> int:
        """Number of the oldest row that is kept."""
        return self.count - len(self._rows) + 1

    def _decoder(self, record: Record) -> ConnectionDecoder:
        decoder = self._decoders.get(record.connection)
        if decoder is None:
            decoder = self._decoders[record.connection] = ConnectionDecoder()
        return decoder

    def _forget_if_over(self, record: Record) -> None:
        if record.fact.startswith(ENDS):
            self._decoders.pop(record.connection, None)
            self._polls.pop(record.connection, None)


def _steps(decoder: ConnectionDecoder, record: Record) -> Iterator[Sequence[Item]]:
    """Decode a record step by step; a fact may end directions, and is an item itself."""
    if record.direction and not record.fact:
        yield from decoder.feed(record.direction, record.chunk)
        return
    ended = DIRECTIONS if record.fact.startswith(("closed", "reset", "cut")) else ()
    if record.fact == "half-closed" and record.direction:
        ended = (record.direction,)
    yield [*(item for direction in ended for item in decoder.end(direction)), record]


def _next_step(
    record: Record, decoder: ConnectionDecoder, steps: Iterator[Sequence[Item]]
) -> Sequence[Item] | None:
    """Return the items of the next step, None at the end; a mistake of labkit's own is an item."""
    try:
        return next(steps, None)
    except Exception as error:
        return [_give_up(decoder, record, error)]
    except BaseException as error:  # Jupyter's interrupt, in the middle of it
        _give_up(decoder, record, error)
        raise


def _give_up(decoder: ConnectionDecoder, record: Record, error: BaseException) -> Mistake:
    """Stop decoding a connection, and return the item that says so."""
    decoder.give_up(f"labkit could not decode an earlier part of this connection: {error!r}")
    return Mistake(record, error)


def _weight(row: Row) -> int:
    """Return how many bytes a row holds: those on the wire, and content assembled from them."""
    decoded = row.decoded
    if isinstance(decoded, Message) and decoded.content is not decoded.frames[0].payload:
        return row.size + len(row.payload)
    if isinstance(decoded, StreamedBlock):  # which has its text as well
        return row.size + 2 * len(row.payload)
    return row.size
