"""The body of a response that is an event stream, read while it comes, and with its framing.

A stream has no end to wait for, so each block of it is found as soon as it is whole. Chunks
(RFC 9112 section 7.1) know nothing of blocks: several may share one chunk, and one may take
several. The framing of a chunk belongs to the block in whose bytes it stands; behind a block that
ends with its chunk, to that block.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from labkit.protocols.event_stream import Block, EventStreamParser

MAX_PIECES = 20
"""Chunks that are kept of one block; more are counted."""

MEDIA_TYPE = b"text/event-stream"
"""What a response says that is an event stream, in lower case."""

CRLF = 2
"""Bytes behind the data of a chunk."""


class Piece(NamedTuple):
    """What a block has of one chunk.

    Attributes
    ----------
    header
        The line with the chunk's size; b"" if the chunk began in an earlier block.
    size
        Bytes of data.
    end
        The line end behind the chunk's data; b"" if the chunk goes on in the next block.
    """

    header: bytes
    size: int
    end: bytes


@dataclass(frozen=True, slots=True)
class StreamedBlock:
    """A block of an event stream, as it crossed.

    Attributes
    ----------
    exchange
        The number of its request, as of an `HttpMessage`.
    block
        What it says.
    data
        Its bytes without the framing of chunks, the first ones of a block that is not whole.
    size
        Bytes on the wire.
    pieces
        What it has of which chunk, at most `MAX_PIECES`; () without chunks.
    piece_count
        How many there are.
    """

    exchange: int
    block: Block
    data: bytes
    size: int
    pieces: tuple[Piece, ...] = ()
    piece_count: int = 0


@dataclass(frozen=True, slots=True)
class StreamEnd:
    """What crossed at the end of an event stream, behind its last block.

    Attributes
    ----------
    exchange
        The number of its request.
    data
        The first bytes of a block that did not end, without the framing of chunks.
    unended
        How many bytes there are of it.
    is_announced
        Whether HTTP said that the stream ends. Most end with their connection, which is no error.
    size
        Bytes on the wire.
    """

    exchange: int
    data: bytes
    unended: int
    is_announced: bool
    size: int


class _Open:
    """A block that has not ended, or whose chunk has not."""

    def __init__(self) -> None:
        self.block: Block | None = None
        self.data = bytearray()
        self.content = self.size = self.count = 0
        self.pieces: list[Piece] = []

    def begin_piece(self, header: bytes) -> None:
        self.count += 1
        self.size += len(header)
        if len(self.pieces) < MAX_PIECES:
            self.pieces.append(Piece(header, 0, b""))

    def add(self, data: bytes, limit: int) -> None:
        self.content += len(data)
        self.size += len(data)
        self.data += data[: limit - len(self.data)]
        if self.count == len(self.pieces) and self.pieces:
            last = self.pieces[-1]
            self.pieces[-1] = last._replace(size=last.size + len(data))

    def end_piece(self, end: bytes) -> None:
        self.size += len(end)
        if self.count == len(self.pieces) and self.pieces:
            last = self.pieces[-1]
            self.pieces[-1] = last._replace(end=last.end + end)


class StreamReader:
    """Reads one stream.

    Parameters
    ----------
    exchange
        The number of its request.
    limit
        Bytes of one block that are kept.

    Attributes
    ----------
    size
        Bytes on the wire that have come and belong to nothing yet that was taken.
    """

    def __init__(self, exchange: int, limit: int) -> None:
        self._exchange = exchange
        self._limit = limit
        self._parser = EventStreamParser(limit)
        self._found: list[StreamedBlock] = []
        self._open = _Open()
        self._ended: _Open | None = None  # a block whose chunk has ended, but for its line end
        self._due = 0  # bytes of that line end
        self._is_in_chunk = False
        self._wire = bytearray()
        self.size = 0

    def receive(self, data: bytes) -> None:
        """Take bytes from the wire; what they are is said by `advance`."""
        self._wire += data
        self.size += len(data)

    def advance(self, left: int, data: bytes = b"", ends_chunk: bool = False) -> None:
        """Say what bytes from the wire are: framing, and data behind it.

        Parameters
        ----------
        left
            How many of them are not known yet.
        data
            Data.
        ends_chunk
            Whether the data ends its chunk.
        """
        known = len(self._wire) - left
        framing = bytes(self._wire[: known - len(data)])
        del self._wire[:known]
        self._frame(framing)
        at = 0
        for block in self._parser.feed(data):
            behind = at + block.size - self._open.content
            self._add(data[at:behind])
            at = behind
            self._end_block(block, waits=ends_chunk and at == len(data))
        self._add(data[at:])
        if ends_chunk:
            self._due, self._is_in_chunk = CRLF, False

    def take(self) -> list[StreamedBlock]:
        """Return, once, the blocks that are whole."""
        found, self._found = self._found, []
        self.size -= sum(each.size for each in found)
        return found

    def end(self, is_announced: bool, behind: int = 0) -> list[StreamedBlock | StreamEnd]:
        """End the stream, and return what is left; the end itself if it was announced.

        Parameters
        ----------
        is_announced
            Whether HTTP said that it ends.
        behind
            Bytes that came behind it, and are not of it.
        """
        self.size -= behind
        if self._ended is not None:
            self._finish(self._ended)
        for block in self._parser.end():
            self._end_block(block, waits=False)
        found = self.take()
        rest = self._open
        if not (self.size or is_announced):
            return [*found]
        data, size = bytes(rest.data), self.size
        self.size = 0
        return [*found, StreamEnd(self._exchange, data, rest.content, is_announced, size)]

    def break_off(self) -> None:
        """What comes next is not HTTP: a block whose chunk has ended waits no longer."""
        line_end = b"\r\n"[CRLF - self._due :]
        while line_end and self._wire.startswith(line_end[:1]):
            self._frame(line_end[:1])
            line_end = line_end[1:]
            del self._wire[:1]
        if self._ended is not None:
            self._finish(self._ended)

    @property
    def raw(self) -> bytes:
        """The first bytes that belong to nothing that was taken."""
        return bytes(self._open.data + self._wire)

    def _frame(self, framing: bytes) -> None:
        if self._due and framing:
            end = framing[: self._due]
            framing = framing[self._due :]
            self._due -= len(end)
            (self._ended or self._open).end_piece(end)
            if self._ended is not None and not self._due:
                self._finish(self._ended)
        if framing:
            self._open.begin_piece(framing)
            self._is_in_chunk = True

    def _add(self, data: bytes) -> None:
        if not data:
            return
        if self._is_in_chunk and not self._open.count:
            self._open.begin_piece(b"")
        self._open.add(data, self._limit)

    def _end_block(self, block: Block, waits: bool) -> None:
        ended, self._open = self._open, _Open()
        ended.block = block
        if waits:
            self._ended = ended
        else:
            self._finish(ended)

    def _finish(self, ended: _Open) -> None:
        assert ended.block is not None
        self._ended = None
        self._found.append(
            StreamedBlock(
                self._exchange,
                ended.block,
                bytes(ended.data),
                ended.size,
                tuple(ended.pieces),
                ended.count,
            )
        )
