"""What the bytes of a connection turn out to be: HTTP and WebSocket messages, packets in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from labkit.protocols.directions import Direction
from labkit.protocols.engineio import EnginePacket
from labkit.protocols.envelopes import Batch, Carried, ChatFrame, Lost
from labkit.protocols.http1 import Garbage, HttpMessage
from labkit.protocols.messages import Message
from labkit.protocols.socketio import SocketPacket
from labkit.protocols.streamed import StreamedBlock, StreamEnd


class Packet(NamedTuple):
    """An Engine.IO packet, and the Socket.IO packet in it.

    Attributes
    ----------
    engine
        The outer one.
    socket
        The inner one; None if the outer one is not a message, or if its serializer is not known.
    """

    engine: EnginePacket
    socket: SocketPacket | None = None

    @property
    def kind(self) -> str:
        """What the inner one is, or the outer one if there is no inner one."""
        return self.engine.kind if self.socket is None else self.socket.kind

    @property
    def problem(self) -> str:
        """Why one of them could not be decoded, "" if both could."""
        return self.engine.problem or ("" if self.socket is None else self.socket.problem)


@dataclass(frozen=True, slots=True)
class DecodedHttp:
    """A request or a response.

    Attributes
    ----------
    message
        The request or the response, with its secrets (`labkit.protocols.redaction` hides them).
    request
        The request that it answers; of a request, itself.
    packets
        What an Engine.IO body holds, which is sent by polling.
    stop
        Where it ends: the offset behind its last byte in its direction of the connection.
    batch
        The messages that a finished chat carries in it; None if it carries none.
    """

    message: HttpMessage
    request: HttpMessage
    packets: tuple[Packet, ...] = ()
    stop: int = 0
    batch: Batch | None = None

    @property
    def direction(self) -> Direction:
        """Which way it went."""
        return "upstream" if self.message.is_request else "downstream"


class DecodedMessage(NamedTuple):
    """A WebSocket message, or a control frame.

    Attributes
    ----------
    direction
        Which way it went.
    message
        The message itself.
    packet
        What it holds on a connection of Engine.IO; None elsewhere, and for control frames.
    has_ended
        Whether its last frame came before the connection ended.
    stop
        Where it ends: the offset behind its last byte in its direction of the connection.
    chat
        What it says in a chat that has numbers on its WebSocket; None elsewhere.
    """

    direction: Direction
    message: Message
    packet: Packet | None = None
    has_ended: bool = True
    stop: int = 0
    chat: ChatFrame | None = None


@dataclass(frozen=True, slots=True)
class DecodedBlock:
    """A block of an event stream.

    Attributes
    ----------
    streamed
        The block, as it crossed.
    carried
        What a finished chat carries in it; None if that is nothing.
    stop
        Where it ends: the offset behind its last byte in its direction of the connection.
    """

    streamed: StreamedBlock
    carried: Carried | Lost | None
    stop: int

    direction: ClassVar[Direction] = "downstream"


@dataclass(frozen=True, slots=True)
class DecodedEnd:
    """What crossed at the end of an event stream, behind its last block.

    Attributes
    ----------
    end
        What it was.
    stop
        Where it ends: the offset behind its last byte in its direction of the connection.
    """

    end: StreamEnd
    stop: int

    direction: ClassVar[Direction] = "downstream"


Decoded = DecodedHttp | DecodedMessage | DecodedBlock | DecodedEnd | Garbage


def is_engineio(request: HttpMessage) -> bool:
    """Whether a request belongs to Engine.IO, which names its version in the query."""
    return "EIO=" in request.target


def is_polling(request: HttpMessage) -> bool:
    """Whether a request belongs to Engine.IO's polling."""
    return is_engineio(request) and "transport=polling" in request.target
