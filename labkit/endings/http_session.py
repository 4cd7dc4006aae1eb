"""Which rows of a link belong to a client's session in a chat over HTTP.

Such a session has no connection that it could lose: requests come and go, over one connection or
several. It is open from the first answer to a request that listens, until one that listens breaks
off: its connection ends before its answer, the link refuses the next one, the server refuses to go
on, or the client leaves. A connection that ends while nothing is asked on it, as one that is kept
alive for later does, ends no session, and is no evidence of anything.
"""

from __future__ import annotations

from collections.abc import Sequence

from labkit.protocols.http1 import HttpMessage
from labkit.protocols.streamed import StreamedBlock, StreamEnd
from labkit.trace.passage import NEVER_LEFT
from labkit.trace.rows import Row

PROTOCOLS = ("poll", "longpoll", "sse")
"""The protocols of the chats over HTTP."""

_ENDS = ("cut", "reset", "closed", "half-closed")


def leaves(row: Row) -> bool:
    """Whether a client says that it leaves."""
    return row.kind == "request" and row.content.startswith("DELETE /clients/")


def refuses(row: Row) -> bool:
    """Whether a server says that it does not go on."""
    message = row.decoded
    is_poll = row.poll is not None or "GET /events" in row.content
    return isinstance(message, HttpMessage) and is_poll and message.status >= 400


class _Finder:
    """Reads rows in order."""

    def __init__(self) -> None:
        self.begins: list[int] = []
        self.idle: set[int] = set()  # indices of ends that end nothing
        self._is_open = False
        # by connection, the requests without a whole answer, with their indices
        self._asked: dict[int, dict[int, int]] = {}
        self._cuts: list[int] = []

    def read(self, at: int, row: Row) -> None:
        message = row.decoded
        asked = self._asked.setdefault(row.connection, {})
        if isinstance(message, HttpMessage) and message.is_request:
            asked[message.exchange] = at
            self._is_open = self._is_open and not leaves(row)
        elif isinstance(message, HttpMessage | StreamedBlock | StreamEnd):
            self._answered(row, message, asked)
        elif row.kind in _ENDS:
            self._ended(at, row, is_busy=bool(asked))
            asked.clear()
        elif row.kind == "refused":
            self._is_open = False
            self.idle.difference_update(self._cuts)

    def _answered(
        self, row: Row, message: HttpMessage | StreamedBlock | StreamEnd, asked: dict[int, int]
    ) -> None:
        begin = asked.get(message.exchange)
        is_head = isinstance(message, HttpMessage) and message.opens_stream
        if row.fate in NEVER_LEFT or begin is None:
            return
        brings = row.poll is not None and isinstance(message, HttpMessage) and message.status < 300
        if brings or isinstance(message, StreamedBlock):
            self._cuts.clear()
            if not self._is_open:
                self.begins.append(begin)
                self._is_open = True
        if refuses(row) or isinstance(message, StreamEnd):
            self._is_open = False
        if not (is_head or isinstance(message, StreamedBlock)):
            del asked[message.exchange]

    def _ended(self, at: int, row: Row, is_busy: bool) -> None:
        if is_busy:
            self._is_open = False
            return
        self.idle.add(at)
        if row.kind == "cut":  # it ends something if the next request is refused
            self._cuts.append(at)


def http_sessions(rows: Sequence[Row]) -> list[list[Row]]:
    """Return the rows of each session that was open at some time, oldest first."""
    finder = _Finder()
    for at, row in enumerate(rows):
        finder.read(at, row)
    ends = [*finder.begins[1:], len(rows)]
    return [
        [rows[at] for at in range(begin, end) if at not in finder.idle]
        for begin, end in zip(finder.begins, ends, strict=True)
    ]
