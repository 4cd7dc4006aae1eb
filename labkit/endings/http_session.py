"""Which rows of a link belong to a client's session in a chat over HTTP.

Such a session has no connection that it could lose: requests come and go, over one connection or
several. It is open from the first answer to a request that listens, until one that listens breaks
off: its connection ends before its answer, the link refuses the next one, the server refuses to go
on, or the client leaves. A connection that ends while nothing is asked on it, as one that is kept
alive for later does, ends no session, and is no evidence of anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from labkit.protocols.http1 import HttpMessage
from labkit.protocols.messages import Message
from labkit.protocols.streamed import StreamedBlock, StreamEnd
from labkit.trace.passage import NEVER_LEFT
from labkit.trace.rows import Row

PROTOCOLS = ("poll", "longpoll", "sse", "chain")
"""The protocols of the chats over HTTP."""

_ENDS = ("cut", "reset", "closed", "half-closed")


def leaves(row: Row) -> bool:
    """Whether a client says that it leaves."""
    return row.kind == "request" and row.content.startswith("DELETE /clients/")


def refuses(row: Row) -> bool:
    """Whether a server says that it does not go on: by an error, or by the end of its stream."""
    message = row.decoded
    if isinstance(message, StreamEnd):
        return True
    return isinstance(message, HttpMessage) and row.poll is not None and message.status >= 400


class _Finder:
    """Reads rows in order."""

    def __init__(self) -> None:
        self.begins: list[int] = []
        self.idle: set[int] = set()  # indices of ends that end nothing
        self._is_open = False
        self._ended_at = -1
        # by connection, the requests without a whole answer, with their indices
        self._asked: dict[int, dict[int, int]] = {}
        self._cuts: list[int] = []

    def read(self, at: int, row: Row) -> None:
        message = row.decoded
        asked = self._asked.setdefault(row.connection, {})
        if isinstance(message, HttpMessage) and message.is_request:
            asked[message.exchange] = at
            if leaves(row):
                self._end(at)
        elif isinstance(message, Message):
            self._spoke(at, row, asked)
        elif isinstance(message, HttpMessage | StreamedBlock | StreamEnd):
            self._answered(at, row, message, asked)
        elif row.kind in _ENDS:
            self._broke_off(at, row, is_busy=bool(asked))
            asked.clear()
        elif row.kind == "refused":
            self._end(at)
            self.idle.difference_update(self._cuts)

    def _end(self, at: int) -> None:
        """End the session that is open; what was asked before begins no other."""
        self._is_open, self._ended_at = False, at

    def _spoke(self, at: int, row: Row, asked: dict[int, int]) -> None:
        """Take what came over a WebSocket, which lasts as long as its request."""
        if row.kind == "close":
            self._end(at)
        elif row.direction == "downstream" and row.fate not in NEVER_LEFT:
            for begin in asked.values():
                self._open(begin)

    def _open(self, begin: int) -> None:
        """Something that was asked for there has arrived."""
        if begin > self._ended_at:
            self._cuts.clear()
            self.begins += [] if self._is_open else [begin]
            self._is_open = True

    def _answered(
        self,
        at: int,
        row: Row,
        message: HttpMessage | StreamedBlock | StreamEnd,
        asked: dict[int, int],
    ) -> None:
        begin = asked.get(message.exchange)
        if row.fate in NEVER_LEFT or begin is None:
            return
        is_block = isinstance(message, StreamedBlock)
        if is_block or (
            row.is_polled and isinstance(message, HttpMessage) and message.status < 300
        ):
            self._open(begin)
        if refuses(row):
            self._end(at)
        goes_on = isinstance(message, HttpMessage) and (message.opens_stream or message.switches)
        if not (is_block or goes_on):
            del asked[message.exchange]

    def _broke_off(self, at: int, row: Row, is_busy: bool) -> None:
        if is_busy:
            self._end(at)
            return
        self.idle.add(at)
        if row.kind == "cut":  # it ends something if the next request is refused
            self._cuts.append(at)


def http_sessions(rows: Sequence[Row]) -> list[list[Row]]:
    """Return the rows of each session that was open at some time, oldest first."""
    finder = _Finder()
    for at, row in enumerate(rows):
        finder.read(at, row)
    spans = pairwise([*finder.begins, len(rows)])
    return [[rows[at] for at in range(*span) if at not in finder.idle] for span in spans]
