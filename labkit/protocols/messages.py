"""WebSocket messages, put together from frames: fragments, compression, text, close codes.

A message that cannot be read in full still is a message; `problem` says why it cannot.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

from labkit.protocols.close_codes import NEVER_ON_THE_WIRE, CloseCode
from labkit.protocols.frames import MAX_PAYLOAD_KEPT, Frame

MAX_FRAMES_KEPT = 64
"""Frames of a message that are kept; more are counted."""

MAX_INFLATED = 4 * MAX_PAYLOAD_KEPT
"""Bytes up to which a compressed message is inflated, of which `MAX_PAYLOAD_KEPT` are kept."""

_TAIL = b"\x00\x00\xff\xff"


@dataclass(frozen=True, slots=True)
class Message:
    """A message, or a control frame.

    Attributes
    ----------
    kind
        "text", "binary", "ping", "pong", "close", or the name of an unknown opcode.
    frames
        The frames that carried it, the first `MAX_FRAMES_KEPT`.
    fragments
        How many there were.
    size
        Bytes on the wire, headers included.
    content
        The payload, unmasked and inflated; at most `MAX_PAYLOAD_KEPT` bytes.
    length
        Bytes of the whole content, as far as they were counted.
    compressed
        Whether it was compressed (RFC 7692).
    problem
        What is wrong with it, "" if nothing is.
    missing
        What of the content is there, if it is not all, or why it is not.
    """

    kind: str
    frames: tuple[Frame, ...]
    fragments: int
    size: int
    content: bytes
    length: int
    compressed: bool = False
    problem: str = ""
    missing: str = ""

    @property
    def text(self) -> str:
        """The content as text; what is not UTF-8 is shown as backslashes."""
        return self.content.decode("utf-8", "backslashreplace")

    @property
    def close_code(self) -> CloseCode | None:
        """Of a close frame: its code, 1005 if it carries none. None for other kinds."""
        if self.kind != "close":
            return None
        return CloseCode(int.from_bytes(self.content[:2], "big") if len(self.content) > 1 else 1005)

    @property
    def close_reason(self) -> str:
        """Of a close frame: the text behind the code."""
        return self.content[2:].decode("utf-8", "backslashreplace") if self.close_code else ""


class Inflater:
    """Undoes permessage-deflate for one direction (RFC 7692 section 7.2.2).

    Parameters
    ----------
    window_bits
        The agreed size of the sender's window, 8 to 15.
    takeover
        Whether the window is kept from one message to the next.
    """

    def __init__(self, window_bits: int = 15, takeover: bool = True) -> None:
        self._window_bits = window_bits
        self._takeover = takeover
        self._stream = zlib.decompressobj(wbits=-window_bits)
        self._lost = ""

    def inflate(self, payload: bytes, whole: bool) -> tuple[bytes, int, str]:
        """Return the first `MAX_PAYLOAD_KEPT` bytes, how many there are, and what went wrong."""
        if not self._takeover:
            self._stream, self._lost = zlib.decompressobj(wbits=-self._window_bits), ""
        if not self._lost and not whole:
            self._lost = "too long to be kept in full, so it and what follows cannot be inflated"
        if self._lost:
            return b"", 0, self._lost
        kept, length, data = b"", 0, payload + _TAIL
        try:
            while data and length < MAX_INFLATED:
                piece = self._stream.decompress(data, MAX_PAYLOAD_KEPT)
                kept = kept or piece
                length += len(piece)
                data = self._stream.unconsumed_tail
        except zlib.error as error:
            self._lost = f"cannot be inflated: {error}"
            return kept, length, self._lost
        if data:
            self._lost = "an earlier message was too large to be inflated"
            return kept, length, f"inflates to more than {MAX_INFLATED >> 20} MiB: a bomb?"
        return kept, length, ""


UNENDED = "the message did not end"


@dataclass
class _Parts:
    """A message whose last frame has not come."""

    kind: str
    compressed: bool
    problem: str
    frames: list[Frame] = field(default_factory=list)
    payload: bytearray = field(default_factory=bytearray)
    fragments: int = 0
    size: int = 0
    length: int = 0

    def add(self, frame: Frame) -> None:
        self.fragments += 1
        self.size += frame.size
        self.length += frame.length
        self.problem = self.problem or frame.problem
        if self.fragments <= MAX_FRAMES_KEPT:
            self.frames.append(frame)
        if self.fragments == 2:
            self.payload += self.frames[0].payload
        if self.fragments > 1:
            self.payload += frame.payload[: MAX_PAYLOAD_KEPT - len(self.payload)]

    @property
    def content(self) -> bytes:
        """What has come of it; of a single frame its payload itself, which is no copy."""
        return self.frames[0].payload if self.fragments == 1 else bytes(self.payload)


class MessageDecoder:
    """Takes the frames of one direction and gives the messages that they complete.

    Parameters
    ----------
    inflater
        For the direction, if permessage-deflate was agreed on.
    """

    def __init__(self, inflater: Inflater | None = None) -> None:
        self._inflater = inflater
        self._parts: _Parts | None = None

    def feed(self, frame: Frame) -> list[Message]:
        """Return the message that a frame interrupts, and that which it completes, if any."""
        if frame.is_control or frame.name.startswith("opcode"):
            return [self._control(frame)]
        found = []
        if frame.opcode or self._parts is None:
            if self._parts is not None:
                self._parts.problem = self._parts.problem or UNENDED
                found.append(self._message(self._parts, ended=False))
            compressed = self._inflater is not None and bool(frame.reserved & 4)
            kind = "binary" if frame.opcode == 2 else "text" if frame.opcode else "continuation"
            self._parts = _Parts(kind, compressed, frame.problem)
        self._parts.add(frame)
        if frame.fin:
            found.append(self._message(self._parts))
            self._parts = None
        return found

    @property
    def rest(self) -> Message | None:
        """The message that has begun and not ended."""
        return None if self._parts is None else self._message(self._parts, ended=False)

    def _control(self, frame: Frame) -> Message:
        problem = frame.problem
        if frame.name == "close" and not problem:
            problem = _close_problem(frame.payload)
        content, length = frame.payload, frame.length
        missing = _missing(content, length)
        return Message(
            frame.name, (frame,), 1, frame.size, content, length, False, problem, missing
        )

    def _message(self, parts: _Parts, ended: bool = True) -> Message:
        content, length, problem = parts.content, parts.length, parts.problem
        missing = _missing(content, length)
        if parts.compressed and self._inflater is not None and ended:
            content, length, why = self._inflater.inflate(content, not missing)
            missing = why or _missing(content, length)
            problem = problem or why
        if not ended:
            missing = missing or UNENDED
        if parts.kind == "text" and not missing and not problem:
            problem = _utf8_problem(content)
        return Message(
            parts.kind,
            tuple(parts.frames),
            parts.fragments,
            parts.size,
            content,
            length,
            parts.compressed,
            problem,
            missing,
        )


def _missing(content: bytes, length: int) -> str:
    return "" if len(content) == length else f"the first {len(content)} of {length} bytes"


def _utf8_problem(content: bytes) -> str:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return f"not UTF-8 at byte {error.start}: {error.reason} (8.1)"
    return ""


def _close_problem(payload: bytes) -> str:
    if not payload:
        return ""
    if len(payload) == 1:
        return "half a close code (5.5.1)"
    code = CloseCode(int.from_bytes(payload[:2], "big"))
    if code in NEVER_ON_THE_WIRE:
        return f"{int(code)} may never be sent (7.4.1)"
    if code.meaning.startswith("not a code"):
        return f"{int(code)} is not a close code (7.4)"
    return _utf8_problem(payload[2:])
