"""HTTP/1.1 exchanges of one connection, taken from its two streams without I/O.

A response can only be read with its request in mind (one to HEAD has no body, one to an upgrade
ends HTTP), so both directions are decoded together. What follows a request to upgrade is held back
until the answer shows whether it still is HTTP.
"""

from __future__ import annotations

from collections import deque

import h11

from labkit.protocols.directions import DIRECTIONS, Direction
from labkit.protocols.envelopes import find_purpose
from labkit.protocols.http1 import (
    MAX_HEAD,
    Garbage,
    HttpMessage,
    asks_to_leave,
)
from labkit.protocols.message_reader import MessageReader
from labkit.protocols.streamed import StreamedBlock, StreamEnd

Item = HttpMessage | StreamedBlock | StreamEnd | Garbage
"""What is found; the size of each is how many bytes of its direction it took."""

PIECE = 16 * 1024
"""Bytes that are read at a time: for each message, what follows it in its piece is copied."""

STREAM_PIECE = 512
"""The same of an event stream, in which a block may have three bytes."""

MAX_AT_ONCE = 100
"""Messages that are decoded at a time."""

MAX_OPEN = 1000
"""Requests of one connection that wait for an answer before more of them are decoded."""

MAX_HELD = 4 * 2**20
"""Bytes that are held back until an answer comes; more are given up."""

BEHIND_GARBAGE = "it follows what is not HTTP"
"""Why what comes behind garbage is not decoded."""


class _Side:
    """One direction."""

    def __init__(self, direction: Direction) -> None:
        self.direction = direction
        self.reader: MessageReader | None = None
        self.held = bytearray()
        self.broken = False


class Exchanges:
    """Decodes both directions of one connection until HTTP ends.

    Attributes
    ----------
    switched
        The request and the response by which HTTP ended (101), None before.
    carries_messages
        Whether an event stream, or a request of a chat over HTTP, has crossed.
    """

    def __init__(self) -> None:
        self.switched: tuple[HttpMessage, HttpMessage] | None = None
        self.carries_messages = False
        self._sides = {direction: _Side(direction) for direction in DIRECTIONS}
        self._up, self._down = self._sides["upstream"], self._sides["downstream"]
        self._open: deque[HttpMessage] = deque()
        self._leaving: HttpMessage | None = None
        self._count = 0

    def feed(self, direction: Direction, chunk: bytes = b"") -> list[Item]:
        """Return what ends in this chunk, `MAX_AT_ONCE` messages at most: feed nothing to get more.

        What lies behind a switch is in `behind`.
        """
        side = self._sides[direction]
        if side.broken:
            return [Garbage(chunk, len(chunk), BEHIND_GARBAGE, direction)] if chunk else []
        side.held += chunk
        found = self._requests([]) if side is self._up else self._responses()
        if side is self._down and not self.switched:
            found = self._requests(found)  # held back until the answer came
        return found

    def gave_up(self, direction: Direction) -> bool:
        """Whether a direction can no longer be decoded, neither as HTTP nor behind a switch."""
        return self._sides[direction].broken

    @property
    def waits(self) -> bool:
        """Whether a request to upgrade has no answer yet, so that what follows it is held back."""
        return self._leaving is not None

    @property
    def unanswered(self) -> tuple[HttpMessage, ...]:
        """The requests without an answer, the oldest first."""
        return tuple(self._open)

    @property
    def stream(self) -> HttpMessage | None:
        """The head of the event stream that is passing, None if there is none."""
        reader = self._down.reader
        return reader.message if reader is not None and reader.is_streaming else None

    def is_reading(self, direction: Direction) -> bool:
        """Whether a message has begun to come, and all that came of it was read."""
        side = self._sides[direction]
        return side.reader is not None and not side.held

    def begun(self, direction: Direction) -> int:
        """Return how many bytes have come that belong to no message yet that has been returned."""
        side = self._sides[direction]
        return len(side.held) + (0 if side.reader is None else side.reader.size)

    def behind(self, direction: Direction) -> bytes:
        """Return, once, the bytes that came behind the switch."""
        side = self._sides[direction]
        data = bytes(side.held)
        side.held.clear()
        return data

    def end(self, direction: Direction) -> list[Item]:
        """End a direction, and return what that completes or leaves unfinished."""
        side = self._sides[direction]
        if side.reader is not None:
            reader, side.reader = side.reader, None
            try:
                ended = None if side is self._up else reader.close(self._open[0].exchange)
            except h11.ProtocolError:
                ended = None
            if ended is not None:
                self._answered(ended)
                return [*reader.take()]
            return [Garbage(reader.raw, reader.size, "the message did not end", direction)]
        if side.held:
            data = self.behind(direction)
            return [Garbage(data, len(data), "nothing says what these bytes are", direction)]
        return []

    def _requests(self, found: list[Item]) -> list[Item]:
        side = self._up
        while side.held and not side.broken and len(found) < MAX_AT_ONCE:
            if self._leaving is not None or len(self._open) >= MAX_OPEN:
                if len(side.held) > MAX_HELD:
                    why = f"more than {MAX_HELD >> 20} MiB follow requests without an answer"
                    found.append(self._break(side, b"", 0, why))
                break
            side.reader = side.reader or MessageReader(None)
            ended = self._read(side, self._count + 1, found)
            if ended is not None:
                self._count += 1
                self._open.append(ended)
                self._leaving = ended if asks_to_leave(ended) else None
                self.carries_messages = self.carries_messages or bool(find_purpose(ended))
        return found

    def _responses(self) -> list[Item]:
        found: list[Item] = []
        side = self._down
        while side.held and not side.broken and self.switched is None and len(found) < MAX_AT_ONCE:
            if not self._open and self._up.held and not self._up.broken:
                break  # its request is held back, and comes first
            if not self._open:
                found.append(self._break(side, b"", 0, "an answer that nobody asked for"))
                break
            side.reader = side.reader or MessageReader(self._open[0])
            ended = self._read(side, self._open[0].exchange, found)
            if ended is not None:
                self._answered(ended)
        return found

    def _answered(self, response: HttpMessage) -> None:
        if response.switches:
            self.switched = (self._open[0], response)
        if (response.switches or response.status >= 200) and (
            self._open.popleft() is self._leaving
        ):
            self._leaving = None

    def _read(self, side: _Side, exchange: int, found: list[Item]) -> HttpMessage | None:
        """Read on by one piece, and return the message that ends there, if any.

        What follows a message stays where it is, for each has its own reader.
        """
        assert side.reader is not None
        reader = side.reader
        piece = bytes(side.held[: STREAM_PIECE if reader.is_streaming else PIECE])
        try:
            behind = reader.feed(piece, exchange)
        except h11.ProtocolError as error:
            del side.held[: len(piece)]
            found += reader.take()
            found.append(self._break(side, reader.raw, reader.size, f"not HTTP/1.1: {error}"))
            return None
        found += reader.take()
        self.carries_messages = self.carries_messages or reader.is_streaming
        del side.held[: len(piece) - len(behind or b"")]
        if behind is None:
            return None
        side.reader = None
        return reader.message

    def _break(self, side: _Side, read: bytes, size: int, why: str) -> Garbage:
        """Give up a direction, with all that is held of it."""
        side.reader, side.broken = None, True
        data = read + side.held[:MAX_HEAD]
        size += len(side.held)
        side.held.clear()
        return Garbage(data, size, why, side.direction)
