"""Packets and JSON that Node's implementation refuses and Python's library lets pass.

- One NaN, which Python's `json` writes and reads, disconnects every JavaScript client.
- A packet may announce any number of attachments and then fill the memory with them; Node allows
  ten.
- After a missing attachment, the library takes the next text for it.
- An acknowledgement of number 0 takes the library's counter for what waits, and none can be asked
  for any more on that connection.
- An event named `connect` runs the server's connect handler with arguments of the client's choice.
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
    {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}
)
"""Event names that may not be sent: https://socket.io/docs/v4/emit-cheatsheet/#reserved-events"""

_TYPES = range(len(packet.packet_names))

MAX_PACKETS_IN_BODY = 10_000
"""Packets that one polling body may have."""


def raise_packet_limit() -> None:
    """Allow more than 16 packets in a polling body, for the whole process, which has one limit.

    A burst of 18 messages is a body of 18 packets, all of which the default limit drops silently.
    """
    payload.Payload.max_decode_packets = max(
        MAX_PACKETS_IN_BODY, payload.Payload.max_decode_packets
    )


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not valid JSON, and a JavaScript client would disconnect")


class StrictJson:
    """JSON without NaN and infinities."""

    @staticmethod
    def dumps(value: Any, **options: Any) -> str:
        """Return JSON. Raises ValueError for NaN and infinities, TypeError for other objects."""
        return json.dumps(value, allow_nan=False, **options)

    @staticmethod
    def loads(text: str, **options: Any) -> Any:
        """Return the value. Raises ValueError for invalid JSON."""
        return library_json.loads(text, parse_constant=_no_constant, **options)


class Unreadable(ValueError):
    """A packet that cannot be read, which is the peer's fault and not a handler's."""


class _Attachments(list[Any]):
    """The attachments of a packet, which are bytes, and whose numbers start at 0."""

    def append(self, attachment: Any) -> None:
        if not isinstance(attachment, (bytes, bytearray)):
            raise Unreadable("an attachment was announced, and text came instead")
        super().append(attachment)

    def __getitem__(self, number: Any) -> Any:
        if type(number) is not int or not 0 <= number < len(self):
            raise Unreadable(f"there is no attachment {number!r}")
        return super().__getitem__(number)


class StrictPacket(packet.Packet):  # type: ignore[misc]
    """A packet that refuses everything that a well-behaved peer does not send."""

    json = StrictJson

    def encode(self) -> Any:
        """Return a packet as text and attachments; an error's data is an object, as in Node."""
        if self.packet_type == packet.CONNECT_ERROR and isinstance(self.data, str):
            return type(self)(self.packet_type, {"message": self.data}, self.namespace).encode()
        return super().encode()

    def decode(self, encoded_packet: Any) -> int:
        """Decode a packet. Raises ValueError with the reason if it is invalid."""
        if not isinstance(encoded_packet, str):
            raise ValueError("an attachment that no packet announced")
        count = int(super().decode(encoded_packet) or 0)
        if count:
            self.attachments = _Attachments()
        if count > MAX_ATTACHMENTS:
            raise ValueError(f"{count} attachments are announced; {MAX_ATTACHMENTS} are allowed")
        if self.packet_type in (packet.EVENT, packet.BINARY_EVENT):
            named = isinstance(self.data, list) and self.data and isinstance(self.data[0], str)
            if not named:
                raise ValueError("an event must be a list that begins with a name")
            if self.data[0] in RESERVED_EVENTS:
                raise ValueError(f"the event name {self.data[0]!r} is reserved")
        answers = self.packet_type in (packet.ACK, packet.BINARY_ACK)
        if answers and not (self.id and isinstance(self.data, list)):  # 0 is the library's counter
            raise ValueError("an acknowledgement must have a number and a list")
        return count


def server_packet(kind: type[Any]) -> type[Any]:
    """Return a class for a server's packets, which are `Unreadable` if they are invalid.

    Parameters
    ----------
    kind
        The library's packet class, or a learner's.
    """

    class ServerPacket(kind):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            if "encoded_packet" in options and not options["encoded_packet"]:  # taken for an event
                raise Unreadable("an empty packet")

        def decode(self, encoded_packet: Any) -> int:
            try:
                count = int(super().decode(encoded_packet) or 0)
            except Exception as error:
                raise Unreadable(str(error) or type(error).__name__) from error
            if self.packet_type not in _TYPES:
                raise Unreadable("not a Socket.IO packet")
            has_id = isinstance(self.data, dict) and isinstance(self.data.get("sid"), str)
            if self.packet_type == packet.CONNECT and not has_id:
                raise Unreadable("it lets the client in without an id, as Socket.IO 2 does")
            if count:
                self.attachments = _Attachments()
            return count

    return ServerPacket
