"""The record of what crossed a link: chunks of bytes and facts about connections.

Appending is cheap and decodes nothing; whoever looks decodes (`labkit.trace.lens`). One chunk is
not one frame: under load many frames share a chunk, and a large frame spans several.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self

from labkit.exceptions import LabError
from labkit.protocols.directions import Direction

if TYPE_CHECKING:
    from labkit.trace.rows import Row, Rows

ENCRYPTED = "encrypted (TLS)"
"""What an "opened" of a trace from a HAR file says of a connection that no link could have read."""

CUT = "cut: "
"""How a comment in a HAR file begins that says what is missing of a body or a message."""


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


class Trace:
    """A bounded record; the oldest entries make room for new ones.

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
        self._lens: Any = None

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

    def add(self, record: Record) -> None:
        """Take over a record with its own time, for example from another trace."""
        if record.fact:
            self.note(record.connection, record.fact, record.direction)
        elif record.direction:
            self.append(record.connection, record.direction, record.chunk)
        if self._times:
            self._times[-1] = record.time

    def _make_room(self) -> None:
        while self._kept_bytes > self.max_bytes or len(self._times) > self.max_records:
            at, connection = self._times.popleft(), self._connections.popleft()
            direction, content = self._directions.popleft(), self._contents.popleft()
            if isinstance(content, bytes):
                self._kept_bytes -= len(content)
            if self.lens.mark == self.dropped:  # nobody has read it, and what follows needs it
                self.lens.pass_over(_record(at, connection, direction, content))
            self.dropped += 1

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

    def bytes(
        self, direction: Direction, connection: int | None = None, layer: str = "bytes"
    ) -> bytes:
        """Return the kept bytes of a direction, joined (of one connection, or of all).

        Parameters
        ----------
        layer
            "bytes" for what crossed the wire; "frames" without HTTP; "messages" for the contents
            of the messages, unmasked and inflated.
        """
        if layer == "bytes":
            return b"".join(
                record.chunk
                for record in self
                if not record.fact
                and record.direction == direction
                and connection in (None, record.connection)
            )
        from labkit.trace.rows import layer_bytes

        return layer_bytes(self.rows(connection=connection, direction=direction), layer)

    def facts(self, connection: int | None = None) -> list[str]:
        """Return the facts in their order, as words: ``"closed upstream"``, ``"opened"``."""
        return [
            f"{record.fact} {record.direction}".strip()
            for record in self
            if record.fact and connection in (None, record.connection)
        ]

    @property
    def lens(self) -> Any:
        """What decodes this trace: once, and on from where it stopped."""
        if self._lens is None:
            from labkit.trace.lens import Lens

            self._lens = Lens(self)
        return self._lens

    def rows(
        self,
        connection: int | None = None,
        direction: Direction | None = None,
        kind: str | None = None,
        text: str | None = None,
    ) -> Rows:
        """Return what crossed, decoded: messages, handshakes, control frames and facts.

        Parameters
        ----------
        connection, direction, kind
            Only those of one connection, one direction, one kind ("text", "ping", ...).
        text
            Only those whose line of content holds this text.

        Raises
        ------
        LabError
            If `direction` or `text` can be none.

        Examples
        --------
        ``alice.link.trace.rows(kind="text")`` prints as a table, a line for each message.
        """
        from labkit.trace.rows import Rows

        if direction not in (None, "upstream", "downstream"):
            raise LabError(f'`direction` is "upstream" or "downstream", not {direction!r}.')
        if not isinstance(text, str | None):
            raise LabError(f"`text` is a part of the content, a str, not {text!r}.")

        def wanted(row: Row) -> bool:
            return (
                connection in (None, row.connection)
                and direction in (None, row.direction)
                and kind in (None, row.kind)
                and (text is None or text in row.content)
            )

        kept = self.lens.rows()
        kinds = tuple(dict.fromkeys(row.kind for row in kept))
        return Rows([row for row in kept if wanted(row)], self.lens.first - 1, kinds)

    def to_har(self) -> dict[str, Any]:
        """Return the trace as a HAR 1.2 file's content, which browsers' DevTools can show.

        ``json.dump(trace.to_har(), file)`` writes one. WebSocket messages stand in Chromium's
        field `_webSocketMessages`. Cookies, Authorization and tokens in heads are redacted, as in
        all that is decoded (`bytes` has them). What is missing, since it was dropped to save memory
        or could not be decoded, is said in comments.
        """
        from labkit.trace.har.writer import to_har

        rows = self.rows()
        openings = self.lens.openings
        return to_har([*openings, *rows], rows.dropped - len(openings))

    @classmethod
    def from_har(cls, har: dict[str, Any]) -> Self:
        """Return a trace with the messages of a HAR file, also of one that a browser exported.

        Each entry becomes a connection. Of what cannot be read a row says why. What a HAR does not
        hold is lost: masking keys (they are zero), fragments, compression, and where chunks began;
        of browsers' files also control frames. The trace keeps the whole file, however large.

        Raises
        ------
        LabError
            If it is no HAR.
        """
        from labkit.trace.har.reader import read_har

        records = read_har(har)
        trace = cls()
        trace.max_records = max(trace.max_records, len(records))
        trace.max_bytes = max(trace.max_bytes, sum(len(record.chunk) for record in records))
        for record in records:
            trace.add(record)
        return trace

    def __repr__(self) -> str:
        dropped = f", {self.dropped} dropped" if self.dropped else ""
        return f"<Trace of {len(self)} records{dropped}>"


def _record(
    at: float, connection: int, direction: Direction | Literal[""], content: bytes | str
) -> Record:
    if isinstance(content, str):
        return Record(at, connection, direction, content, b"")
    return Record(at, connection, direction, "", content)
