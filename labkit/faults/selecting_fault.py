"""Faults that act on selected messages: all of them select alike."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import ClassVar

from labkit.exceptions import LabError
from labkit.faults.choice import Chance
from labkit.faults.fault import check_number, check_whole
from labkit.faults.message_fault import MessageFault, corrupts_what_follows
from labkit.protocols.frames import OPCODES
from labkit.protocols.units import ASKED, FRAME_KINDS, PACKET_KINDS, Agreed, Unit

KINDS = tuple(dict.fromkeys((*FRAME_KINDS, *PACKET_KINDS)))
"""What `kind=` may be, as `kind` of a row in a trace; "event" and "ack" are binary ones, too."""

BINARY_KINDS = {"binary event": "event", "binary ack": "ack"}
"""Kinds that are selected by another one, too."""

CONTROL_KINDS = ("ping", "pong", "close")


@dataclass(frozen=True, repr=False, kw_only=True)
class SelectingFault(MessageFault):
    """A fault that acts on selected messages.

    Without arguments it selects each message that an application sent: text and binary messages
    of WebSocket, and on Socket.IO events and acknowledgements. An event and its attachments are one
    message. Messages are counted in each direction, on all connections of the link together.

    Parameters
    ----------
    kind
        Only messages of this kind, as in ``trace.rows(kind=...)``: for example "text", "binary",
        "ping", "pong", "close", and on Socket.IO "event", "ack", "connect".
    text
        Only messages that hold this text.
    event
        Only Socket.IO events of this name.
    nth
        Only the n-th of these, from 1.
    every
        Only each so manieth of these.
    probability
        How likely it acts on one of these, from 0 to 1.
    seed
        Makes chance repeatable: the same messages of a connection have the same fate.
    """

    kind: str | None = None
    text: str | None = None
    event: str | None = None
    nth: int | None = None
    every: int | None = None
    probability: float = 1.0
    seed: int | str | None = None

    def __post_init__(self) -> None:
        """Raise LabError unless the values make sense."""
        if self.kind is not None and self.kind not in KINDS:
            raise LabError(f"kind must be one of {', '.join(KINDS)}, not {self.kind!r}.")
        for name in ("text", "event"):
            value = getattr(self, name)
            if value is not None and not (isinstance(value, str) and value):
                raise LabError(f"{name} must be a text that is not empty, not {value!r}.")
        if self.event is not None and self.kind not in (None, *ASKED):
            raise LabError(
                f"event={self.event!r} selects events, which are not of kind {self.kind!r}: "
                "leave kind out."
            )
        for name in ("nth", "every"):
            if getattr(self, name) is not None:
                check_whole(name, getattr(self, name), least=1)
        if self.nth is not None and self.every is not None:
            raise LabError("nth selects one message, and every selects many: give one of the two.")
        check_number("probability", self.probability, most=1)
        if not (self.seed is None or isinstance(self.seed, int | str)):
            raise LabError(f"seed must be a whole number or a text, not {self.seed!r}.")

    deed: ClassVar[str] = "acts on"

    @property
    def effect(self) -> str:
        """What it does, in words and numbers."""
        return f"{self.deed} {self.selection}"

    @property
    def selection(self) -> str:
        """Which messages it selects, in words."""
        what = "messages" if self.kind is None else f"{self.kind} messages"
        what = what if self.event is None else f"events {self.event!r}"
        what += "" if self.text is None else f" that hold {self.text!r}"
        if self.nth is not None:
            what = f"number {self.nth} of the {what}"
        elif self.every is not None:
            what = f"one of {self.every} {what}"
        return what if self.probability == 1 else f"{what}, with probability {self.probability:g}"

    @property
    def chance(self) -> Chance:
        """On which of the selected ones it acts."""
        return Chance(self.nth, self.every, self.probability, self.seed)

    @property
    def reads_content(self) -> bool:
        """Whether it selects by more than a header."""
        return self.text is not None or self.event is not None

    def is_selected(self, unit: Unit) -> bool:
        """Return whether kind, text and event are those of a unit."""
        if self.kind is None:
            if not unit.is_message:
                return False
        elif (kind := unit.kind) != self.kind and BINARY_KINDS.get(kind) != self.kind:
            return False
        if self.text is not None and not unit.holds(self.text):
            return False
        return self.event is None or unit.is_event(self.event)

    def find_spared(self, agreed: Agreed) -> Container[int]:
        """Return opcodes of units none of which is selected; there may be others."""
        if agreed.is_engineio or self.kind is None:
            return ()
        return [opcode for opcode, kind in OPCODES.items() if kind != self.kind]

    def find_obstacle(self, agreed: Agreed) -> str:
        """Return why it cannot act on a connection with such a handshake, "" if it can."""
        if agreed.is_polling and not self.acts_on_polling:
            return (
                "messages are polled, and the requests of a session are on several connections of "
                "TCP, each with its own order"
            )
        kinds = (*PACKET_KINDS, *CONTROL_KINDS) if agreed.is_engineio else FRAME_KINDS
        what = "Socket.IO" if agreed.is_engineio else "a raw WebSocket"
        if self.kind is not None and self.kind not in kinds:
            return f"no message of {what} is of kind {self.kind!r}"
        if self.event is not None and not agreed.is_engineio:
            return f"there are no events on {what}, but text= can select messages"
        if not agreed.takeover or (self.kind in CONTROL_KINDS and not agreed.is_engineio):
            return ""
        if self.reads_content:
            return (
                "messages are compressed with context takeover, so none can be read without those "
                "before it"
            )
        return corrupts_what_follows(self, agreed)
