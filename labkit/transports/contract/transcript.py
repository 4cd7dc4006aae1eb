"""What a client said, heard and noted: the lines of its transcript."""

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
        What was said or heard, or the note.
    at
        Seconds since the epoch.
    send_status
        Of a message that was said: how far it is known to have come. Raw WebSocket knows no
        receipt, so "sent" (handed to the network) is the most that it can tell; Socket.IO may tell
        that it was "acknowledged".
    room
        Of a message that was said: to which room, "" if to everybody.
    """

    kind: Literal["said", "heard", "note"]
    text: Message
    at: float
    send_status: SendStatus = ""
    room: str = ""
