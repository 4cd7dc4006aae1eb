"""The states of a client's connection, as a table.

RFC 6455 (and the browser's `WebSocket.readyState`) knows CONNECTING, OPEN, CLOSING and CLOSED. A
client that comes back by itself adds one between two connections: reconnecting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["connecting", "open", "closing", "reconnecting", "closed"]


@dataclass(frozen=True)
class Look:
    """How a state is shown: never by colour alone."""

    shape: str
    word: str
    meaning: str


STATES: dict[State, Look] = {
    "connecting": Look("◔", "Connecting", "the handshake is under way"),
    "open": Look("●", "Open", "messages may pass in both directions"),
    "closing": Look("◑", "Closing", "a close frame was sent or received, not yet both"),
    "reconnecting": Look("↻", "Reconnecting", "waiting before the next attempt"),
    "closed": Look("○", "Closed", "no message can pass any more"),
}

TRANSITIONS: dict[State, tuple[State, ...]] = {
    "connecting": ("open", "closed", "reconnecting"),
    "open": ("closing", "closed", "reconnecting"),
    "closing": ("closed", "reconnecting"),
    "reconnecting": ("connecting", "closed"),
    "closed": ("connecting",),
}
"""Which state may follow which."""
