"""Units: what of a WebSocket connection shares one fate when messages are damaged.

A unit is a control frame, or a message with all its fragments; on Socket.IO, an event or an
acknowledgement with all its attachments, since one without the other confuses either peer. It keeps
the bytes as they came. What they mean is looked at only when somebody asks.
"""

from __future__ import annotations

from dataclasses import dataclass

from websockets.utils import apply_mask

from labkit.protocols.engineio import TYPES as ENGINE_TYPES
from labkit.protocols.engineio import EnginePacket, decode_packet
from labkit.protocols.frames import OPCODES
from labkit.protocols.messages import Inflater
from labkit.protocols.socketio import TYPES as SOCKET_TYPES
from labkit.protocols.socketio import Assembler, EventMessage, SocketPacket

TEXT, BINARY, CLOSE = 1, 2, 8

ASKED, ANSWERED = ("event", "binary event"), ("ack", "binary ack")
"""Kinds of Socket.IO packets that an application sends."""

FRAME_KINDS = ("text", "binary", "ping", "pong", "close")
"""Kinds of units of a WebSocket connection that is not Engine.IO's."""

PACKET_KINDS = (*(each for each in ENGINE_TYPES if each != "message"), *SOCKET_TYPES)
"""Kinds of units of an Engine.IO connection."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a handshake agreed on for one direction.

    Attributes
    ----------
    is_engineio
        Whether the messages hold Engine.IO packets.
    window_bits
        The size of the sender's window for compression, 0 without compression.
    takeover
        Whether a compressed message refers to those before it (RFC 7692 section 7.1.1).
    """

    is_engineio: bool = False
    window_bits: int = 0
    takeover: bool = False


class Unit:
    """A control frame, or a message with what belongs to it.

    Parameters
    ----------
    opcode
        Of its first frame.
    frames
        Its frames as they came, headers included.
    agreed
        What the handshake agreed on.
    is_whole
        Whether all of it is here; of what is too large to be kept only the beginning is.

    Attributes
    ----------
    size
        Bytes in `frames`.
    """

    __slots__ = ("_content", "_packet", "agreed", "frames", "is_whole", "message_frames", "opcode")

    def __init__(
        self, opcode: int, frames: tuple[bytes, ...], agreed: Agreed, is_whole: bool = True
    ) -> None:
        self.opcode = opcode
        self.frames = frames
        self.message_frames = len(frames)  # those of its attachments come behind them
        self.agreed = agreed
        self.is_whole = is_whole
        self._content: bytes | None = None
        self._packet: SocketPacket | None = None

    def with_frames(self, frames: tuple[bytes, ...]) -> Unit:
        """Return the same unit with other bytes in as many frames, or with attachments behind."""
        other = Unit(self.opcode, frames, self.agreed, self.is_whole)
        other.message_frames = self.message_frames
        return other

    @property
    def data(self) -> bytes:
        """Its bytes on the wire."""
        return self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)

    def __len__(self) -> int:
        return sum(map(len, self.frames))

    @property
    def is_control(self) -> bool:
        """Whether it is a control frame (RFC 6455 section 5.5)."""
        return self.opcode >= CLOSE

    @property
    def is_compressed(self) -> bool:
        """Whether the message was compressed (RFC 7692 section 6)."""
        return bool(self.agreed.window_bits and self.frames[0][0] & 0x40)

    @property
    def content(self) -> bytes:
        """The payload of the message, without attachments, unmasked and inflated.

        Empty if it cannot be read alone: it is too large, or refers to messages before it.
        """
        if self._content is None:
            self._content = self._read()
        return self._content

    def _read(self) -> bytes:
        if not self.is_whole:
            return b""
        frames = self.frames[: self.message_frames]
        payload = b"".join([unmasked(frame) for frame in frames])
        if not self.is_compressed:
            return payload
        if self.agreed.takeover:
            return b""
        return Inflater(self.agreed.window_bits, takeover=False).inflate(payload, whole=True)[0]

    def begin(self, size: int) -> bytes:
        """Return the first bytes of the content, mostly without reading all of it."""
        frame = self.frames[0]
        if self.message_frames > 1 or not self.is_whole or self.is_compressed:
            return self.content[:size]
        start = header_size(frame[1])
        begin = frame[start : start + size]
        return apply_mask(begin, frame[start - 4 : start]) if frame[1] & 0x80 and begin else begin

    @property
    def kind(self) -> str:
        """What `Row.kind` says: of an Engine.IO connection, which packet it is."""
        frame_kind = OPCODES.get(self.opcode, "")
        if not self.agreed.is_engineio or self.opcode not in (TEXT, BINARY):
            return frame_kind
        if self.opcode == BINARY:
            return self.packet.kind
        return packet_kind(self.begin(2))

    @property
    def packet(self) -> SocketPacket:
        """The Socket.IO packet in it; its attachments are not put in."""
        if self._packet is None:
            self._packet = self._decode()
        return self._packet

    def _decode(self) -> SocketPacket:
        if self.opcode == BINARY:
            engine = EnginePacket("message", self.content, self.content)
        else:
            engine = decode_packet(self.content.decode("utf-8", "backslashreplace"))
        packet = Assembler().feed(engine) if engine.kind == "message" else None
        return packet or SocketPacket("attachment" if self.opcode == BINARY else "garbage")

    @property
    def is_message(self) -> bool:
        """Whether an application sent it: no heartbeat, and nothing of the protocols' own."""
        if self.agreed.is_engineio and not self.is_control:
            return self.kind in (*ASKED, *ANSWERED)
        return self.opcode in (TEXT, BINARY)

    def holds(self, text: str) -> bool:
        """Whether its content, or what an event looks like as a call, holds a text."""
        content = self.content
        if text.encode("utf-8", "surrogatepass") in content:
            return True
        if not self.agreed.is_engineio or not (b"\\" in content or self.opcode == BINARY):
            return False  # else JSON may have written the text in another way
        packet = self.packet
        return text in EventMessage.of(packet.event, packet.arguments)

    def __repr__(self) -> str:
        return f"<Unit {self.kind}: {len(self)} bytes{'' if self.is_whole else ' and more'}>"


def unmasked(frame: bytes) -> bytes:
    """Return the payload of a whole frame."""
    start = header_size(frame[1])
    payload = frame[start:]
    return apply_mask(payload, frame[start - 4 : start]) if frame[1] & 0x80 and payload else payload


def header_size(second: int) -> int:
    """Return how long the header of a frame is, by its second byte."""
    return 2 + {126: 2, 127: 8}.get(second & 0x7F, 0) + (4 if second & 0x80 else 0)


def packet_kind(begin: bytes) -> str:
    """Return the kind of the packet that begins with two characters."""
    digits = begin.decode("latin-1")
    if digits[:1] not in tuple("0123456"):
        return "garbage"
    kind = ENGINE_TYPES[int(digits[0])]
    if kind != "message":
        return kind
    return SOCKET_TYPES[int(digits[1])] if digits[1:] in tuple("0123456") else "garbage"
