"""Units: what of a WebSocket connection shares one fate when messages are damaged.

A unit is a control frame, or a message with all its fragments; on Socket.IO, an event or an
acknowledgement with all its attachments, since one without the other confuses either peer. It keeps
the bytes as they came. What they mean is looked at only when somebody asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

from websockets.utils import apply_mask

from labkit.protocols.engineio import TYPES as ENGINE_TYPES
from labkit.protocols.engineio import EnginePacket, decode_packet
from labkit.protocols.frames import OPCODES
from labkit.protocols.messages import Inflater
from labkit.protocols.socketio import TYPES as SOCKET_TYPES
from labkit.protocols.socketio import Assembler, EventMessage, SocketPacket, packet_kind

TEXT, BINARY, CLOSE = 1, 2, 8

SHORT = 1024
"""Bytes of a frame that is read at once: that takes no longer than to read its beginning."""

ASKED, ANSWERED = ("event", "binary event"), ("ack", "binary ack")
"""Kinds of Socket.IO packets that an application sends."""

FRAME_KINDS = ("text", "binary", "ping", "pong", "close")
"""Kinds of units of a WebSocket connection that is not Engine.IO's."""

PACKET_KINDS = (*(each for each in ENGINE_TYPES if each != "message"), *SOCKET_TYPES)
"""Kinds of units of an Engine.IO connection."""


Fate = Literal["", "dropped", "duplicated", "altered"]
"""What a fault did to a unit, "" if nothing."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a handshake agreed on for one direction.

    Attributes
    ----------
    is_engineio
        Whether the messages hold Engine.IO packets.
    window_bits
        The size of the sender's window for compression, 0 without compression.
    is_polling
        Whether they travel in the bodies of HTTP messages.
    takeover
        Whether a compressed message refers to those before it (RFC 7692 section 7.1.1).
    """

    is_engineio: bool = False
    window_bits: int = 0
    takeover: bool = False
    is_polling: bool = False


class Stretch(bytes):
    """Bytes that belong to no unit, or to one that has begun to pass.

    Attributes
    ----------
    stop
        Offset behind the last of them in their direction of the connection.
    """

    stop: int

    def __new__(cls, data: bytes, stop: int) -> Self:
        """Make one of some bytes that end there."""
        stretch = super().__new__(cls, data)
        stretch.stop = stop
        return stretch


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
    stop
        Offset behind its last byte in its direction of the connection.
    is_whole
        Whether all of it is here; of what is too large to be kept only the beginning is.
    attachments
        The messages that belong to it.

    Attributes
    ----------
    fate
        What a fault did to it. One that was dropped has no bytes any more, and leaves at its place.
    """

    __slots__ = (
        "_content",
        "_kind",
        "_packet",
        "agreed",
        "attachments",
        "fate",
        "frames",
        "is_whole",
        "opcode",
        "stop",
    )

    def __init__(
        self,
        opcode: int,
        frames: tuple[bytes, ...],
        agreed: Agreed,
        stop: int = 0,
        is_whole: bool = True,
        attachments: tuple[Unit, ...] = (),
    ) -> None:
        self.opcode = opcode
        self.frames = frames
        self.agreed = agreed
        self.stop = stop
        self.is_whole = is_whole
        self.attachments = attachments
        self.fate: Fate = ""
        self._content: bytes | None = None
        self._kind: str | None = None
        self._packet: SocketPacket | None = None

    def altered(self, frames: tuple[bytes, ...]) -> Unit:
        """Return the same unit with other bytes, its attachments as they were."""
        stop, is_whole = self.stop, self.is_whole
        unit = Unit(self.opcode, frames, self.agreed, stop, is_whole, self.attachments)
        unit.fate = "altered"
        return unit

    def dropped(self) -> Unit:
        """Return what is left of the unit when it is dropped: its place."""
        unit = Unit(self.opcode, (), self.agreed, self.stop)
        unit.attachments = tuple(each.dropped() for each in self.attachments)
        unit.fate = "dropped"
        return unit

    def duplicated(self) -> Unit:
        """Return the same unit, to be sent more than once."""
        unit = self.with_attachments([each.duplicated() for each in self.attachments])
        unit.fate = "duplicated"
        return unit

    def with_attachments(self, attachments: Sequence[Unit]) -> Unit:
        """Return the same unit with what belongs to it."""
        stop, is_whole = self.stop, self.is_whole
        return Unit(self.opcode, self.frames, self.agreed, stop, is_whole, tuple(attachments))

    @property
    def data(self) -> bytes:
        """Its bytes on the wire."""
        if len(self.frames) == 1 and not self.attachments:
            return self.frames[0]
        return b"".join([*self.frames, *(each.data for each in self.attachments)])

    def __len__(self) -> int:
        return sum(map(len, self.frames)) + sum(map(len, self.attachments))

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
        payload = b"".join([unmasked(frame) for frame in self.frames])
        if not self.is_compressed:
            return payload
        if self.agreed.takeover:
            return b""
        return Inflater(self.agreed.window_bits, takeover=False).inflate(payload, whole=True)[0]

    def begin(self, size: int) -> bytes:
        """Return the first bytes of the content, without reading all of it if it is long."""
        frame = self.frames[0]
        is_short = self._content is not None or len(frame) < SHORT
        if is_short or len(self.frames) > 1 or not self.is_whole or self.is_compressed:
            return self.content[:size]
        start = header_size(frame[1])
        begin = frame[start : start + size]
        return apply_mask(begin, frame[start - 4 : start]) if frame[1] & 0x80 and begin else begin

    @property
    def kind(self) -> str:
        """What `Row.kind` says: of an Engine.IO connection, which packet it is."""
        if self._kind is None:
            if not self.agreed.is_engineio or self.opcode not in (TEXT, BINARY):
                self._kind = OPCODES.get(self.opcode, "")
            elif self.opcode == BINARY:
                self._kind = self.packet.kind
            else:
                self._kind = packet_kind(self.begin(2))
        return self._kind

    @property
    def announced(self) -> int:
        """How many attachments are to follow it, as it says itself."""
        if self.opcode != TEXT or self.kind not in ("binary event", "binary ack"):
            return 0
        digits = self.begin(8)[2:].split(b"-", 1)[0]
        return int(digits) if digits.isdigit() and len(digits) < 4 else 0

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
        if text.encode("utf-8", "surrogatepass") in self.content:
            return True
        packet = self.packet if self._may_be_escaped else None
        return packet is not None and text in EventMessage.of(packet.event, packet.arguments)

    @property
    def _may_be_escaped(self) -> bool:
        """Whether a text in it may be written in another way than as it is: in JSON or msgpack."""
        return self.agreed.is_engineio and (b"\\" in self.content or self.opcode == BINARY)

    def is_event(self, name: str) -> bool:
        """Whether it is an event of this name."""
        if self.kind not in ASKED:
            return False
        if name.encode("utf-8", "surrogatepass") not in self.content and not self._may_be_escaped:
            return False  # as most are, and this is much faster than to decode them
        return self.packet.event == name

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
