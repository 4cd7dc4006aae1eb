"""Splits one direction of WebSocket frames into units, and keeps every byte as it came.

It stands in the path of each message, so it reads no more than the headers: `FrameDecoder`, which
makes rows of frames, takes twenty times as long.
"""

from __future__ import annotations

from labkit.protocols.frames import Place
from labkit.protocols.units import BINARY, CLOSE, TEXT, Agreed, Stretch, Unit, header_size

MAX_UNIT = 2**20
"""Bytes of a unit that is kept until it is whole; what is larger passes piece by piece."""

MAX_ATTACHMENTS = 10
"""Attachments that are kept with their packet, as many as labkit's servers take."""

FIN, OPCODE, LENGTH, MASKED = 0x80, 0x0F, 0x7F, 0x80

WHOLE = (FIN | TEXT, FIN | BINARY)
"""How a message begins that is one frame, and not compressed."""

SHORT_SIZES = tuple(
    header_size(second) + (second & LENGTH) if second & LENGTH < 126 else 0 for second in range(256)
)
"""How long a frame is, by its second byte; 0 if more bytes say it."""

Piece = Unit | Stretch
"""What goes on: units, and bytes that pass untouched."""


class FrameSplitter:
    """Takes the chunks of one direction.

    Parameters
    ----------
    agreed
        What the handshake agreed on for this direction.
    offset
        How many bytes of it came before.

    Examples
    --------
    >>> splitter = FrameSplitter(Agreed())
    >>> splitter.feed(bytes.fromhex("8105 48656c"))
    []
    >>> splitter.feed(bytes.fromhex("6c6f 8900"))
    [<Unit text: 7 bytes>, <Unit ping: 2 bytes>]
    """

    def __init__(self, agreed: Agreed, offset: int = 0) -> None:
        self.agreed = agreed
        self.offset = offset
        self._rest = bytearray()  # a frame that has begun
        self._needed = 2  # how long that must be before there is more to say of it
        self._begun = b""  # a header whose beginning has passed
        self._passing = 0  # bytes of a frame that pass as they come
        self._passes_on = False  # a message that has begun to pass, whose continuations pass too
        self._opcode = 0  # of a fragmented message that is kept
        self._parts: list[bytes] = []
        self._size = 0  # of all that is kept
        self._packet: Unit | None = None  # what waits for attachments
        self._attachments: list[Unit] = []
        self._missing = 0  # attachments
        self._is_plain = not agreed.is_engineio  # and what comes next belongs to nothing before it

    def feed(self, data: bytes) -> list[Piece]:
        """Return what some bytes complete, in the order in which it goes on."""
        size = len(data)
        self.offset += size
        if (  # as mostly
            self._is_plain
            and 1 < size <= MAX_UNIT
            and size == SHORT_SIZES[data[1]]
            and data[0] in WHOLE
        ):
            return [Unit(data[0] & OPCODE, (data,), self.agreed, self.offset)]
        pieces: list[Piece] = []
        if self._rest or self._passing or self._begun:
            self._go_on(data, pieces)
        elif _frame_size(data, 0, size) == size:
            self._take(data[0], data, self.offset, pieces)
        else:
            self._split(data, pieces)
        self._look_back()
        return pieces

    def _go_on(self, data: bytes, pieces: list[Piece]) -> None:
        """Take bytes behind the beginning of a frame."""
        if self._begun and data:
            data = self._end_header(data, pieces)
        if self._passing and data:
            passed, data = data[: self._passing], data[self._passing :]
            self._passing -= len(passed)
            pieces.append(Stretch(passed, self.offset - len(data)))
        if self._rest:
            missing = self._needed - len(self._rest)
            self._rest += data[:missing]
            if len(data) < missing:
                return
            data = bytes(self._rest) + data[missing:]
            self._rest.clear()
        if data:
            self._split(data, pieces)

    def _look_back(self) -> None:
        """Find out whether what comes next belongs to something before it."""
        belongs = self._rest or self._passing or self._begun or self._parts or self._passes_on
        self._is_plain = not (belongs or self.agreed.is_engineio)

    def _split(self, data: bytes, pieces: list[Piece]) -> None:
        """Take whole frames from the beginning of some bytes, and keep the rest."""
        at, end, before = 0, len(data), self.offset - len(data)
        while at < end:
            needed = _frame_size(data, at, end)
            stop = at + needed
            if stop <= end:
                self._take(data[at], data[at:stop], before + stop, pieces)
                at = stop
            elif end - at > 1 and self._is_too_large(data[at], needed):
                self._begin_to_pass(data[at:], needed, pieces, self.offset)
                return
            else:
                self._rest += data[at:]
                self._needed = needed
                return

    def _take(self, first: int, frame: bytes, stop: int, pieces: list[Piece]) -> None:
        """Put a whole frame where it belongs."""
        is_whole = first in WHOLE and len(frame) <= MAX_UNIT
        if is_whole and not (self.agreed.is_engineio or self._parts or self._passes_on):
            pieces.append(Unit(first & OPCODE, (frame,), self.agreed, stop))  # as mostly
            return
        opcode, fin = first & OPCODE, first & FIN
        if opcode >= CLOSE:
            if opcode == CLOSE:
                self._give_up_packet(pieces)
            pieces.append(Unit(opcode, (frame,), self.agreed, stop))
        elif self._passes_on:
            pieces.append(Stretch(frame, stop))
            self._passes_on = not fin
        elif self._is_too_large(opcode, len(frame)):
            self._begin_to_pass(frame, len(frame), pieces, stop)
        elif opcode and fin and not self._parts:
            self._complete(Unit(opcode, (frame,), self.agreed, stop), pieces)
        else:
            self._parts.append(frame)
            self._size += len(frame)
            self._opcode = self._opcode or opcode
            if fin:
                self._end_message(stop, pieces)

    def _is_too_large(self, first: int, size: int) -> bool:
        kept = 0 if first & OPCODE >= CLOSE else self._size
        return kept + size > MAX_UNIT

    def _end_message(self, stop: int, pieces: list[Piece]) -> None:
        unit = Unit(self._opcode, tuple(self._parts), self.agreed, stop)
        self._size -= len(unit)
        self._parts.clear()
        self._opcode = 0
        self._complete(unit, pieces)

    def _begin_to_pass(self, begin: bytes, needed: int, pieces: list[Piece], stop: int) -> None:
        """Let a message pass of which more would have to be kept than is allowed."""
        self._give_up_packet(pieces)
        opcode = self._opcode or begin[0] & OPCODE
        pieces.append(Unit(opcode, (*self._parts, begin), self.agreed, stop, is_whole=False))
        self._passing = needed - len(begin)
        self._passes_on = not begin[0] & FIN or (opcode >= CLOSE and bool(self._parts))
        self._parts.clear()
        self._opcode = self._size = 0

    # Socket.IO

    def _complete(self, unit: Unit, pieces: list[Piece]) -> None:
        """Give a message, unless it waits for attachments, or is one."""
        if not self.agreed.is_engineio:
            pieces.append(unit)
        elif self._packet is not None and unit.opcode == BINARY:
            self._attach(unit, pieces)
        elif self._packet is not None and unit.begin(1) != b"4":
            pieces.append(unit)  # a heartbeat in between
        else:
            self._give_up_packet(pieces)  # whose attachments never came
            self._missing = unit.announced if unit.announced <= MAX_ATTACHMENTS else 0
            if self._missing:
                self._packet = unit
                self._size += len(unit)
            else:
                pieces.append(unit)

    def _attach(self, unit: Unit, pieces: list[Piece]) -> None:
        self._attachments.append(unit)
        self._size += len(unit)
        self._missing -= 1
        if not self._missing or self._size > MAX_UNIT:
            self._give_up_packet(pieces)

    def _give_up_packet(self, pieces: list[Piece]) -> None:
        """Wait for no more attachments: they are there, or do not come."""
        if self._packet is None:
            return
        packet, self._packet = self._packet, None
        whole = packet.with_attachments(self._attachments)
        self._size -= len(whole)
        self._attachments.clear()
        pieces.append(whole)

    def give_up(self) -> list[Piece]:
        """Return the packet whose attachments have not come, if there is one: none will come."""
        pieces: list[Piece] = []
        self._give_up_packet(pieces)
        return pieces

    # In the middle

    @property
    def kept(self) -> bytes:
        """What is kept, in the order in which it came."""
        packet = [] if self._packet is None else [self._packet, *self._attachments]
        return b"".join([*(each.data for each in packet), *self._parts, self._rest])

    def join(self, place: Place | None = None) -> None:
        """Begin in the middle: what was kept has passed already, and its rest is to follow it.

        Parameters
        ----------
        place
            Where that is; where it has read to if omitted.
        """
        begun, missing, inside = place or self._place()
        self._rest.clear()
        self._parts.clear()
        self._attachments.clear()
        self._packet = None
        self._opcode = self._size = self._missing = 0
        self._passes_on = self._passes_on or inside
        if missing:
            self._pass_frame(begun[0], missing)
        else:
            self._begun = self._begun or begun
        self._look_back()

    def _place(self) -> Place:
        rest, inside = bytes(self._rest), bool(self._parts)
        if len(rest) < 2 or len(rest) < header_size(rest[1]):
            return Place(rest, 0, inside)
        return Place(rest, self._needed - len(rest), inside)

    def _pass_frame(self, first: int, missing: int) -> None:
        """Let the rest of a frame pass, and the rest of its message."""
        self._passing = missing
        if first & OPCODE < CLOSE:
            self._passes_on = not first & FIN

    def _end_header(self, data: bytes, pieces: list[Piece]) -> bytes:
        """Let the rest of a header pass whose beginning has passed; return what is behind it."""
        begin = self._begun + data
        if len(begin) < 2 or len(begin) < header_size(begin[1]):
            self._begun = begin
            pieces.append(Stretch(data, self.offset))
            return b""
        size = header_size(begin[1])
        passed, self._begun = size - len(self._begun), b""
        pieces.append(Stretch(data[:passed], self.offset - len(data) + passed))
        self._pass_frame(begin[0], _frame_size(begin, 0, size) - size)
        return data[passed:]


def _frame_size(data: bytes, at: int, end: int) -> int:
    """Return how long a frame is, or, while that is not known, how much of it is needed first."""
    if end - at < 2:
        return 2
    second = data[at + 1]
    length = second & LENGTH
    size = 6 if second & MASKED else 2
    if length > 125:
        extended = 2 if length == 126 else 8
        size += extended
        length = int.from_bytes(data[at + 2 : at + 2 + extended], "big")
    return size + length if end - at >= size else size
