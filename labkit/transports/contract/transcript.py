"""The entries of a client's transcript: messages said and heard, and notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Message = str | bytes
SendStatus = Literal["", "sending", "sent", "acknowledged", "failed"]


@dataclass(frozen=True)
class Entry:
    """One line of a client's transcript.

    Attributes
    ----------
    kind
        "said" by this client, "heard" from the server, or a "note" about the connection.
    text
        The message, or the note.
    at
        The time, in seconds since the epoch.
    send_status
        For a message that was said, how far it is known to have come. Raw WebSocket has no
        acknowledgements, so a message gets no further than "sent" (handed to the network); on
        Socket.IO it may be "acknowledged".
    room
        For a message that was said, its room; "" if it went to everybody.
    is_echo
        Whether a message that was heard is this client's own, and came back from the server. On
        Socket.IO an acknowledgement tells; on raw WebSocket nothing does.
    """

    kind: Literal["said", "heard", "note"]
    text: Message
    at: float
    send_status: SendStatus = ""
    room: str = ""
    is_echo: bool = False
