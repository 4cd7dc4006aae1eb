"""Engine.IO packets, protocol 4 (https://socket.io/docs/v4/engine-io-protocol/).

The library `engineio` does the parsing; what it does not take becomes a packet with a `problem`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TYPES = ("open", "close", "ping", "pong", "message", "upgrade", "noop")
"""Names of the types, by the digit that stands for them."""

SEPARATOR = "\x1e"
"""Between the packets of one HTTP body."""

MAX_PACKETS = 1000
"""Packets of one HTTP body that are decoded; more are counted."""

SETTINGS = {
    "sid": "the session's id, to be sent with every later request",
    "upgrades": "transports that the client may change to",
    "pingInterval": "milliseconds between two pings of the server",
    "pingTimeout": "milliseconds for which a pong may be late",
    "maxPayload": "bytes that one polling body may have",
}
"""What the fields of an open packet mean."""


@dataclass(frozen=True, slots=True)
class EnginePacket:
    """One packet.

    Attributes
    ----------
    kind
        One of `TYPES`, or "garbage".
    data
        What follows the type: text, or the bytes of a binary message.
    encoded
        The packet as it was sent.
    settings
        Of an open packet: its fields.
    problem
        Why it could not be decoded, "" if it could.
    """

    kind: str
    data: str | bytes
    encoded: str | bytes
    settings: dict[str, Any] | None = None
    problem: str = ""

    @property
    def added(self) -> int:
        """Bytes that this layer added to its data."""
        return size_of(self.encoded) - size_of(self.data)


def size_of(data: str | bytes) -> int:
    """Return how many bytes text (as UTF-8) or bytes take on the wire."""
    return len(data) if isinstance(data, bytes) else len(data.encode("utf-8", "surrogatepass"))


def decode_packet(encoded: str | bytes) -> EnginePacket:
    """Return the packet in a WebSocket message, or in a part of an HTTP body.

    Examples
    --------
    >>> decode_packet("2probe").kind, decode_packet("4hello").data
    ('ping', 'hello')
    """
    from engineio.packet import Packet

    if isinstance(encoded, str) and encoded[:1] not in tuple("0123456b"):
        return EnginePacket("garbage", encoded, encoded, None, "no packet begins like this")
    try:
        packet = Packet(encoded_packet=encoded)
    except (ValueError, RecursionError) as error:
        return EnginePacket("garbage", encoded, encoded, None, str(error) or "cannot be decoded")
    kind = TYPES[packet.packet_type]
    data = packet.data if packet.binary else str(encoded)[1:]
    settings = packet.data if kind == "open" and isinstance(packet.data, dict) else None
    problem = "an open packet carries an object" if kind == "open" and settings is None else ""
    return EnginePacket(kind, data, encoded, settings, problem)


def decode_payload(body: bytes) -> list[EnginePacket]:
    """Return the packets in the body of an HTTP request or response."""
    text = body.decode("utf-8", "backslashreplace")
    return [decode_packet(part) for part in text.split(SEPARATOR, MAX_PACKETS)[:MAX_PACKETS]]
