"""WebSocket frames, taken from a stream of bytes without I/O (RFC 6455 section 5.2).

A frame that breaks a rule is still a frame here: what is wrong with it is in `problem`, and
decoding goes on behind it, since its length is known. A length is never trusted with memory: of a
payload the first `MAX_PAYLOAD_KEPT` bytes are kept, the rest is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from websockets.utils import apply_mask

MAX_PAYLOAD_KEPT = 2**20
"""Bytes of a payload that are kept: as much as a message of the bench may have."""

OPCODES = {
    0x0: "continuation",
    0x1: "text",
    0x2: "binary",
    0x8: "close",
    0x9: "ping",
    0xA: "pong",
}
"""Names of the opcodes (RFC 6455 section 11.8); 8 and above are control frames."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame.

    Attributes
    ----------
    start
        Offset of its first byte in the stream of its direction.
    fin
        Whether it ends its message.
    reserved
        The bits RSV1 to RSV3, as a number: RSV1 counts 4.
    opcode
        See `OPCODES`.
    mask
        The four bytes of the masking key, empty if it is not masked.
    header
        The bytes before the payload, as they were sent.
    length
        Of the payload, in bytes, as the header says.
    payload
        Unmasked; at most `MAX_PAYLOAD_KEPT` bytes, and fewer if the stream ended inside.
    problem
        Which rule it breaks, "" if none.
    """

    start: int
    fin: bool
    reserved: int
    opcode: int
    mask: bytes
    header: bytes
    length: int
    payload: bytes
    problem: str = ""

    @property
    def name(self) -> str:
        """Name of the opcode."""
        return OPCODES.get(self.opcode, f"opcode {self.opcode:#x}")

    @property
    def is_control(self) -> bool:
        """Whether it is a control frame (RFC 6455 section 5.5)."""
        return self.opcode >= 0x8

    @property
    def size(self) -> int:
        """Bytes on the wire."""
        return len(self.header) + self.length

    @property
    def wire(self) -> bytes:
        """The bytes as they crossed, as far as they are kept."""
        masked = apply_mask(self.payload, self.mask) if self.mask and self.payload else self.payload
        return self.header + masked


class Place(NamedTuple):
    """Where in a stream of frames something begins to read.

    Attributes
    ----------
    begun
        The header of the frame that has begun, whole or not.
    missing
        Bytes that are missing of that frame's payload; 0 while the header is not whole.
    inside
        Whether a fragmented message has begun.
    """

    begun: bytes = b""
    missing: int = 0
    inside: bool = False


class FrameDecoder:
    """Takes the chunks of one direction and gives the frames that they complete.

    Parameters
    ----------
    from_client
        Whether the frames must be masked (RFC 6455 section 5.1).
    compressed
        Whether permessage-deflate was agreed on, which gives RSV1 a meaning (RFC 7692 section 6).

    Examples
    --------
    >>> FrameDecoder(from_client=False).feed(bytes.fromhex("8105 48656c6c6f"))[0].payload
    b'Hello'
    """

    def __init__(self, from_client: bool, compressed: bool = False) -> None:
        self._from_client = from_client
        self._compressed = compressed
        self._buffer = bytearray()
        self._start = 0
        self._needed = 2
        self._header: bytes | None = None
        self._length = 0
        self._missing = 0
        self._inside = False  # a fragmented message

    def feed(self, chunk: bytes) -> list[Frame]:
        """Return the frames that end in this chunk."""
        frames = []
        view = memoryview(chunk)
        at = self._fill(view, 0)
        while at is not None:
            frames.append(self._frame())
            at = self._fill(view, at)
        return frames

    def pass_over(self, chunk: bytes, stops: tuple[bytes, ...] = ()) -> tuple[int, bytes | None]:
        """Count messages without decoding them, at a tenth of the cost of `feed`.

        Parameters
        ----------
        stops
            Texts that begin with one of these pairs of bytes are not passed over.

        Returns
        -------
        tuple[int, bytes | None]
            How many messages were passed over, and what is left to be fed, None if nothing is: the
            chunk from the first frame on that is not a whole message, or that `stops` names. It may
            be empty, since that frame may be held already.
        """
        count, at, view = 0, 0, memoryview(chunk)
        while True:
            if self._header is None and not self._buffer and not self._inside:
                at, passed = self._leap(chunk, at, stops)
                count += passed
            complete = self._fill(view, at)
            if complete is None or self._header is None:
                return count, None
            at = complete
            begin = _unmasked(self._header, bytes(self._buffer[:2]))
            if self._inside or not _may_pass(self._header[0], begin, stops):
                return count, chunk[at:]
            self._end_frame()
            count += 1

    def _leap(self, chunk: bytes, at: int, stops: tuple[bytes, ...]) -> tuple[int, int]:
        """Pass over short frames that are in a chunk from end to end."""
        count, end = 0, len(chunk)
        start = at
        while end - at > 1:
            length = chunk[at + 1] & 0x7F
            body = at + (6 if chunk[at + 1] & 0x80 else 2)
            if length == 126 and end - at > 3:
                length = chunk[at + 2] << 8 | chunk[at + 3]
                body += 2
            elif length > 125:
                break
            if body + length > end:
                break
            begin = chunk[body : body + min(length, 2)] if stops else b""
            if begin and chunk[at + 1] & 0x80:
                begin = apply_mask(begin, chunk[body - 4 : body])
            if not _may_pass(chunk[at], begin, stops):
                break
            at = body + length
            count += 1
        self._start += at - start
        return at, count

    def _fill(self, view: memoryview, at: int) -> int | None:
        """Take bytes until a frame is complete, and return where that is; None if it is not."""
        end = len(view)
        while True:
            if self._header is None:
                take = min(self._needed - len(self._buffer), end - at)
                self._buffer += view[at : at + take]
                at += take
                if len(self._buffer) < self._needed:
                    return None
                self._read_header()
            else:
                take = min(self._missing, end - at)
                room = MAX_PAYLOAD_KEPT - len(self._buffer)
                if room > 0:
                    self._buffer += view[at : at + min(take, room)]
                at += take
                self._missing -= take
                return None if self._missing else at

    @property
    def rest(self) -> Frame | bytes | None:
        """What has begun and not ended: a frame, the first bytes of a header, or nothing."""
        if self._header is not None:
            return self._made(self._header, self._problem(self._header))
        return bytes(self._buffer) or None

    @property
    def place(self) -> Place:
        """Where it has stopped."""
        if self._header is None:
            return Place(bytes(self._buffer), 0, self._inside)
        return Place(self._header, self._missing, self._inside)

    def _read_header(self) -> None:
        head = self._buffer
        short = head[1] & 0x7F
        extended = {126: 2, 127: 8}.get(short, 0)
        self._needed = 2 + extended + (4 if head[1] & 0x80 else 0)
        if len(head) < self._needed:
            return
        length = int.from_bytes(head[2 : 2 + extended], "big") if extended else short
        self._header, self._length, self._missing = bytes(head), length, length
        self._buffer = bytearray()

    def _made(self, header: bytes, problem: str) -> Frame:
        return Frame(
            self._start,
            bool(header[0] & 0x80),
            header[0] >> 4 & 7,
            header[0] & 15,
            header[-4:] if header[1] & 0x80 else b"",
            header,
            self._length,
            _unmasked(header, bytes(self._buffer)),
            problem,
        )

    def _frame(self) -> Frame:
        assert self._header is not None
        frame = self._made(self._header, self._problem(self._header))
        if frame.opcode in (0, 1, 2):
            self._inside = not frame.fin
        self._end_frame()
        return frame

    def _end_frame(self) -> None:
        assert self._header is not None
        self._start += len(self._header) + self._length
        self._buffer, self._header, self._needed = bytearray(), None, 2

    def _problem(self, header: bytes) -> str:
        """Return which rule of RFC 6455 a header breaks."""
        fin, opcode, short = header[0] & 0x80, header[0] & 15, header[1] & 0x7F
        reserved = header[0] >> 4 & 7
        if self._compressed and opcode in (1, 2):
            reserved &= 3
        problems = (
            (reserved, "reserved bits are set, and no extension gives them a meaning (5.2)"),
            (opcode not in OPCODES, "the opcode is reserved (5.2)"),
            (opcode >= 8 and not fin, "a control frame may not be fragmented (5.5)"),
            (opcode >= 8 and short > 125, "a control frame may carry 125 bytes at most (5.5)"),
            (opcode == 0 and not self._inside, "a continuation of nothing (5.4)"),
            (opcode in (1, 2) and self._inside, "a message inside a fragmented message (5.4)"),
            (self._from_client and not header[1] & 0x80, "a client must mask its frames (5.1)"),
            (not self._from_client and header[1] & 0x80, "a server must not mask (5.1)"),
            (short == 126 and self._length < 126, "the length is not in its shortest form (5.2)"),
            (short == 127 and self._length < 2**16, "the length is not in its shortest form (5.2)"),
            (self._length >= 2**63, "a length must have its highest bit 0 (5.2)"),
        )
        return next((text for broken, text in problems if broken), "")


def _unmasked(header: bytes, payload: bytes) -> bytes:
    return apply_mask(payload, header[-4:]) if header[1] & 0x80 and payload else payload


def _may_pass(first: int, begin: bytes, stops: tuple[bytes, ...]) -> bool:
    """Whether a frame, by its first byte and the beginning of its payload, is a whole message."""
    opcode = first & 0x0F
    return bool(first & 0x80 and opcode in (1, 2, 8, 9, 10)) and not (
        opcode == 1 and begin in stops
    )
