"""What the library lets pass and Node's refuses: packets that hurt a server, and JSON that is none.

- One NaN, which Python's `json` writes and reads, disconnects every JavaScript client.
- A packet may announce any number of attachments and then fill the memory with them; Node stops at
  ten.
- A missing attachment makes the library take the next text for it.
- An event named `connect` runs the server's connect handler with arguments of the client's choice.
- Above 16 packets a polling body is dropped without a word, on both sides.
"""

from __future__ import annotations

import json
from typing import Any

from engineio import json as library_json
from engineio import payload
from socketio import packet

MAX_ATTACHMENTS = 10
"""Binary attachments that a packet may have."""

RESERVED_EVENTS = frozenset(
    {
        "connect",
        "connect_error",
        "disconnect",
        "disconnecting",
        "newListener",
        "removeListener",
    }
)
"""Names of events that nobody may send (https://socket.io/docs/v4/emit-cheatsheet/#reserved-events)."""

_TYPES = range(len(packet.packet_names))

MAX_PACKETS_IN_BODY = 10_000
"""Packets that one polling body may have."""


def raise_packet_limit() -> None:
    """Let polling bodies have more than 16 packets, in the whole process, for there is one limit.

    A burst of 18 messages is a body of 18 packets, and the limit loses all of them silently.
    """
    payload.Payload.max_decode_packets = max(
        MAX_PACKETS_IN_BODY, payload.Payload.max_decode_packets
    )


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON, and JavaScript would disconnect over it")


class StrictJson:
    """JSON without NaN and infinities."""

    @staticmethod
    def dumps(value: Any, **options: Any) -> str:
        """Return JSON. Raises ValueError for NaN and infinities, TypeError for what has none."""
        return json.dumps(value, allow_nan=False, **options)

    @staticmethod
    def loads(text: str, **options: Any) -> Any:
        """Return the value. Raises ValueError for anything but JSON."""
        return library_json.loads(text, parse_constant=_no_constant, **options)


class _Numbered(list[Any]):
    """Attachments, which are counted from 0, and not from the end."""

    def __getitem__(self, number: Any) -> Any:
        if type(number) is not int or not 0 <= number < len(self):
            raise ValueError(f"there is no attachment {number!r}")
        return super().__getitem__(number)


class StrictPacket(packet.Packet):  # type: ignore[misc]
    """A packet that refuses what a well-behaved peer does not send."""

    json = StrictJson
    data: Any

    def encode(self) -> Any:
        """Return a packet as text and attachments; what tells an error is an object, as Node's."""
        if self.packet_type == packet.CONNECT_ERROR and isinstance(self.data, str):
            self.data = {"message": self.data}
        return super().encode()

    def decode(self, encoded_packet: Any) -> int:
        """Take a packet apart. Raises ValueError with the reason."""
        if not isinstance(encoded_packet, str):
            raise ValueError("an attachment that no packet announced")
        count = int(super().decode(encoded_packet) or 0)
        if count > MAX_ATTACHMENTS:
            raise ValueError(f"{count} attachments are announced; {MAX_ATTACHMENTS} are allowed")
        if self.packet_type in (packet.EVENT, packet.BINARY_EVENT):
            named = isinstance(self.data, list) and self.data and isinstance(self.data[0], str)
            if not named:
                raise ValueError("an event is a list that begins with a name")
            if self.data[0] in RESERVED_EVENTS:
                raise ValueError(f"nobody may send an event named {self.data[0]!r}")
        answers = self.packet_type in (packet.ACK, packet.BINARY_ACK)
        if answers and (self.id is None or not isinstance(self.data, list)):
            raise ValueError("an acknowledgement is a number and a list")
        return count

    @classmethod
    def reconstruct_binary(cls, data: Any, attachments: list[Any]) -> Any:
        """Put attachments into their places. Raises ValueError for a place that is none."""
        return super().reconstruct_binary(data, _Numbered(attachments))

    def add_attachment(self, attachment: Any) -> bool:
        """Take an attachment. Raises ValueError for text that came instead of it."""
        if not isinstance(attachment, (bytes, bytearray)):
            raise ValueError("an attachment was announced, and text came instead")
        return bool(super().add_attachment(attachment))


class Unreadable(ValueError):
    """A packet that cannot be read: the peer's fault, and nobody's who listens to it."""


def mark_unreadable(kind: type[Any]) -> type[Any]:
    """Return a class of packets whose faults are told from those of who takes the packets.

    Parameters
    ----------
    kind
        A class of the library's, or one of a learner's own.
    """

    class Packet(kind):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            if "encoded_packet" not in options:
                super().__init__(*arguments, **options)
                return
            try:
                super().__init__(*arguments, **options)
            except Exception as error:
                raise Unreadable(str(error) or type(error).__name__) from error
            # the library takes what is empty for an event, and reads on after an unknown type
            if not options["encoded_packet"] or self.packet_type not in _TYPES:
                raise Unreadable("not a Socket.IO packet")

        def add_attachment(self, attachment: Any) -> bool:
            try:
                return bool(super().add_attachment(attachment))
            except Exception as error:
                raise Unreadable(str(error) or type(error).__name__) from error

    return Packet
