"""The trace of a link: what crossed it, in bytes, in rows, and as a HAR file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from labkit.exceptions import LabError
from labkit.protocols.directions import Direction
from labkit.protocols.messages import Message
from labkit.trace.har.reader import read_har
from labkit.trace.har.writer import to_har
from labkit.trace.lens import Lens
from labkit.trace.records import Records
from labkit.trace.rows import Row, Rows


class Trace(Records):
    """The record of a link, with the lens that decodes it.

    It is decoded when its rows are wanted, and before records are dropped, since what follows them
    depends on them.
    """

    _lens: Lens | None = None

    @property
    def lens(self) -> Lens:
        """What decodes this trace: once, and on from where it stopped."""
        if self._lens is None:
            self._lens = Lens(self)
        return self._lens

    def _before_drop(self) -> None:
        lens = self.lens
        if lens.mark == self.dropped:  # nobody has read it
            lens.pass_over(self.oldest)

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
        return _layer_bytes(self.rows(connection=connection, direction=direction), layer)

    def facts(self, connection: int | None = None) -> list[str]:
        """Return the facts in their order, as words: ``"closed upstream"``, ``"opened"``."""
        return [
            f"{record.fact} {record.direction}".strip()
            for record in self
            if record.fact and connection in (None, record.connection)
        ]

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
        field `_webSocketMessages`, and the events of an event stream, which may still be open, in
        `_eventSourceMessages`. Cookies, Authorization and tokens in heads are redacted, as in
        all that is decoded (`bytes` has them). What is missing, since it was dropped to save memory
        or could not be decoded, is said in comments.
        """
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


def _layer_bytes(rows: Sequence[Row], layer: str) -> bytes:
    """Return the bytes of one layer of some rows, joined.

    Raises
    ------
    ValueError
        If there is no such layer.
    """
    if layer == "messages":
        events = (row for row in rows if isinstance(row.decoded, Message) or row.kind == "event")
        return b"".join(row.payload for row in events)
    if layer == "frames":
        spoken = (row.decoded for row in rows)
        frames = (frame for each in spoken if isinstance(each, Message) for frame in each.frames)
        return b"".join(frame.wire for frame in frames)
    raise ValueError(f"There is no layer {layer!r}: give 'bytes', 'frames' or 'messages'.")
