"""Socket.IO packets, protocol 5 (https://socket.io/docs/v4/socket-io-protocol/).

The library `socketio` does the parsing. Binary attachments follow their packet as messages of
their own; `Assembler` puts them back into its arguments.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Self

from labkit.protocols.engineio import TYPES as ENGINE_TYPES
from labkit.protocols.engineio import EnginePacket
from labkit.protocols.sizes import size_in_words

TYPES = (
    "connect",
    "disconnect",
    "event",
    "ack",
    "connect error",
    "binary event",
    "binary ack",
)
"""Names of the types, by the digit that stands for them."""

WITH_ATTACHMENTS = (b"45", b"46")
"""How the text of a WebSocket message begins whose attachments follow as messages of their own."""

MAX_ATTACHMENTS = 10
"""Attachments that a packet may have; more are not put together."""


class EventMessage(str):
    """An event as a client hears it: text that looks like a call, and what is in it.

    Examples
    --------
    >>> EventMessage.of("typing", ("bob", True))
    'typing("bob", true)'

    Attributes
    ----------
    event, arguments, namespace
        What was emitted, and where.
    """

    event: str
    arguments: tuple[Any, ...]
    namespace: str

    @classmethod
    def of(cls, event: str, arguments: Iterable[Any], namespace: str = "/") -> Self:
        """Return the message of an event."""
        arguments = tuple(arguments)
        where = "" if namespace == "/" else f"{namespace} "
        message = cls(f"{where}{event}({', '.join(map(in_json, arguments))})")
        message.event, message.arguments, message.namespace = event, arguments, namespace
        return message


_MARK = "\ufdd0"
"""Marks words of labkit's own in JSON: Unicode reserves this character for such uses."""


def in_json(value: Any) -> str:
    """Return a value as JSON; bytes, and attachments that have not come, in words."""
    if isinstance(value, dict) and value.get("_placeholder"):
        return f"<attachment {value.get('num')}>"
    try:
        text = json.dumps(value, ensure_ascii=False, default=_in_words)
    except (ValueError, RecursionError):
        return "<too deep>"
    except TypeError:  # an object of another serializer's, with keys that JSON has not
        return f"<{type(value).__name__}>"
    return text.replace(f'"{_MARK}', "").replace(f'{_MARK}"', "")


def _in_words(value: Any) -> str:
    if not isinstance(value, (bytes, bytearray)):
        return f"{_MARK}<{type(value).__name__}>{_MARK}"
    more = " …" if len(value) > 8 else ""
    return f"{_MARK}<{size_in_words(len(value))}: {bytes(value[:8]).hex(' ')}{more}>{_MARK}"


@dataclass(frozen=True, slots=True)
class SocketPacket:
    """One packet, or one attachment of one.

    Attributes
    ----------
    kind
        One of `TYPES`, "attachment", or "garbage".
    namespace
        "/" if none is named.
    id
        Number that asks for, or belongs to, an acknowledgement; None if there is none.
    event
        Name of the event, "" for other kinds.
    arguments
        Of an event or an acknowledgement; of others, what they carry, in a list.
    attachments
        How many binary attachments belong to it.
    waiting
        How many of them have not come yet.
    problem
        Why it could not be decoded, "" if it could.
    content_size
        Bytes that its arguments take on the wire, where that cannot be seen from the packet's text.
    serializer
        Which one wrote it, "" for the default.
    """

    kind: str
    namespace: str = "/"
    id: int | None = None
    event: str = ""
    arguments: tuple[Any, ...] = ()
    attachments: int = 0
    waiting: int = 0
    problem: str = ""
    content_size: int | None = None
    serializer: str = ""


class Assembler:
    """Decodes the Socket.IO packets of one direction.

    Examples
    --------
    >>> from labkit.protocols.engineio import decode_packet
    >>> packet = Assembler().feed(decode_packet('42["chat message","hello"]'))
    >>> packet.event, packet.arguments
    ('chat message', ('hello',))
    """

    def __init__(self) -> None:
        self._waiting: Any = None
        self._default: bool | None = None  # whether the default serializer wrote the first packet

    @property
    def is_between(self) -> bool:
        """Whether the next packet can be understood without this one: none is half there."""
        return self._waiting is None and self._default is not None

    def feed(self, packet: EnginePacket) -> SocketPacket | None:
        """Return what an Engine.IO message carries.

        None if another serializer than the default wrote it, which is not known here: with the
        default one, bytes come only behind the text that announces them.
        """
        if isinstance(packet.data, bytes):
            if self._waiting is not None or self._default:
                return self._attachment(packet.data)
            self._default = False
            return _from_msgpack(packet.data)
        if self._waiting is not None:
            self._waiting = None  # the attachments never came
        return self._packet(packet.data)

    def _packet(self, encoded: str) -> SocketPacket:
        from socketio.packet import Packet

        if not encoded[:1].isascii() or encoded[:1] not in tuple("0123456"):
            return SocketPacket("garbage", problem="no packet begins like this")
        try:
            packet = Packet(encoded_packet=encoded)
        except (ValueError, RecursionError) as error:
            return SocketPacket("garbage", problem=_why(error))
        self._default = self._default is not False
        if packet.attachment_count > MAX_ATTACHMENTS:
            return SocketPacket(
                TYPES[packet.packet_type],
                packet.namespace or "/",
                packet.id,
                attachments=packet.attachment_count,
                problem=f"more than {MAX_ATTACHMENTS} attachments: they are not put together",
            )
        if packet.attachment_count:
            self._waiting = packet
        return _made(packet)

    def _attachment(self, data: bytes) -> SocketPacket:
        packet = self._waiting
        if packet is None:
            return SocketPacket("attachment", problem="no packet waits for an attachment")
        try:
            whole = packet.add_attachment(data)
        except (LookupError, TypeError, ValueError, RecursionError) as error:
            self._waiting = None
            return SocketPacket("attachment", problem=f"it fits nowhere: {_why(error)}")
        if whole:
            self._waiting = None
        return _made(packet, "attachment")


def _from_msgpack(data: bytes) -> SocketPacket | None:
    """Return a packet as `socketio.MsgPackPacket` and npm `socket.io-msgpack-parser` write it."""
    try:
        from socketio import msgpack_packet
    except ImportError:
        return None
    try:
        packet = msgpack_packet.MsgPackPacket(encoded_packet=data)
        known = type(packet.packet_type) is int and 0 <= packet.packet_type < len(TYPES)
        numbered = packet.id is None or type(packet.id) is int
        if not (known and numbered and isinstance(packet.namespace, str)):
            return None
        made = _made(packet)
        size = sum(len(msgpack_packet.msgpack.packb(each)) for each in made.arguments)
    except (LookupError, TypeError, ValueError, RecursionError, OverflowError):
        return None
    return replace(made, content_size=size, serializer="msgpack")


def _why(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _made(packet: Any, kind: str = "") -> SocketPacket:
    name = TYPES[packet.packet_type]
    waiting = packet.attachment_count - len(packet.attachments)
    carried = packet.data
    event, problem = "", ""
    if name.endswith("event"):
        named = isinstance(carried, list) and carried and isinstance(carried[0], str)
        if named:
            event, *carried = carried
        else:
            problem = "an event is a list that begins with a name"
    if not isinstance(carried, list):
        carried = [] if carried is None else [carried]
    return SocketPacket(
        kind or name,
        packet.namespace or "/",
        packet.id,
        event,
        tuple(carried),
        packet.attachment_count,
        waiting,
        problem,
    )


_KINDS = {
    **{f"{number}".encode(): kind for number, kind in enumerate(ENGINE_TYPES) if kind != "message"},
    **{f"4{number}".encode(): kind for number, kind in enumerate(TYPES)},
}


def packet_kind(begin: bytes) -> str:
    """Return the kind of the packet that begins with two characters."""
    return _KINDS.get(begin) or _KINDS.get(begin[:1], "garbage")
