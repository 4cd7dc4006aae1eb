"""Faults that act on messages: how they select, and what they may do to compressed ones.

A link hands such a fault units (`labkit/protocols/units.py`) instead of bytes. Those that select
ask a `Choice` about each one. The numbers that it counts belong to the fault on its link, not to a
connection, since a session of Socket.IO may be many connections.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from labkit.exceptions import LabError
from labkit.faults.fault import Decision, Fault, Live, Random, check_number, check_whole
from labkit.protocols.directions import Direction
from labkit.protocols.units import ASKED, FRAME_KINDS, PACKET_KINDS, Agreed, Unit

KINDS = tuple(dict.fromkeys((*FRAME_KINDS, *PACKET_KINDS)))
"""What `kind=` may be, as `kind` of a row in a trace; "event" and "ack" are binary ones, too."""

CONTROL_KINDS = ("ping", "pong", "close")

TOO_LARGE = "a message above 1 MiB passed: a fault sees its header only"
"""The fact about a message that a fault would act on, or cannot judge."""


class MessageFault(Fault, ABC):
    """A fault that acts on messages.

    Attributes
    ----------
    changes_data
        Whether messages are missing, different or in another order behind it.
    """

    changes_data: ClassVar[bool] = True

    @abstractmethod
    def make_live(self, choose: Mapping[Direction, Choice]) -> Mapping[Direction, Live]:
        """Return the live parts for one connection: one for each direction in which it acts."""

    def is_selected(self, unit: Unit) -> bool:
        """Return whether it may act on a unit, chance and numbers aside."""
        return True

    @property
    def reads_content(self) -> bool:
        """Whether it selects by more than a header."""
        return False

    @property
    def chance(self) -> Chance:
        """On which of the selected ones it acts."""
        return Chance()

    def find_obstacle(self, agreed: Agreed) -> str:
        """Return why it cannot act on a connection with such a handshake, "" if it can."""
        return ""


@dataclass(frozen=True, slots=True)
class Chance:
    """On which of the messages that match a fault acts; see `SelectingFault`."""

    nth: int | None = None
    every: int | None = None
    probability: float = 1.0
    seed: int | str | None = None


@dataclass
class Counts:
    """What a fault has counted in one direction of its link."""

    matched: int = 0
    acted: int = 0


class Choice:
    """Chooses the messages of one direction of one connection: call it once for each, in order.

    Parameters
    ----------
    fault
        For which it chooses.
    counts
        Of all connections.
    random
        For this direction of this connection.
    on_note
        Called with a fact, for example that a message is too large.
    probability, first
        How likely the fault acts on a message that it selects, and on how many; None for all.
    """

    def __init__(
        self,
        fault: MessageFault,
        counts: Counts,
        random: Random,
        on_note: Callable[[str], None],
        probability: float = 1.0,
        first: int | None = None,
    ) -> None:
        self._fault = fault
        self._chance = fault.chance
        self._counts = counts
        self._random = random
        self._note = on_note
        self._probability = self._chance.probability * probability
        self._first = first
        self._agreed: Agreed | None = None
        self._is_off = False

    def __call__(self, unit: Unit) -> bool:
        """Return whether the fault acts on a unit."""
        if unit.agreed is not self._agreed:
            self._look_at(unit.agreed)
        if self._is_off:
            return False
        if not unit.is_whole:
            return self._is_large_chosen(unit)
        return self._fault.is_selected(unit) and self._is_drawn()

    def count(self, unit: Unit) -> None:
        """Count a unit on which the fault does not act, whatever it is."""
        if not self._is_off and unit.is_whole and self._fault.is_selected(unit):
            self._counts.matched += 1

    def _look_at(self, agreed: Agreed) -> None:
        """Find out what the handshake of the connection lets the fault do."""
        self._agreed = agreed
        obstacle = self._fault.find_obstacle(agreed)
        self._is_off = bool(obstacle)
        if obstacle:
            self._note(f"fault does not act: {self._fault!r}: {obstacle}")

    def _is_large_chosen(self, unit: Unit) -> bool:
        is_packet = unit.agreed.is_engineio and not unit.is_control
        if (
            is_packet
            or self._fault.reads_content
            or (self._fault.is_selected(unit) and self._is_drawn())
        ):
            self._note(TOO_LARGE)
        return False

    def _is_drawn(self) -> bool:
        chance, counts = self._chance, self._counts
        counts.matched += 1
        if chance.nth is not None and counts.matched != chance.nth:
            return False
        if chance.every is not None and counts.matched % chance.every:
            return False
        if self._first is not None and counts.acted >= self._first:
            return False
        if self._probability < 1 and self._random() >= self._probability:
            return False
        counts.acted += 1
        return True


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
        elif unit.kind not in (self.kind, f"binary {self.kind}"):
            return False
        if self.text is not None and not unit.holds(self.text):
            return False
        return self.event is None or unit.is_event(self.event)

    def find_obstacle(self, agreed: Agreed) -> str:
        """Return why it cannot act on a connection with such a handshake, "" if it can."""
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


def corrupts_what_follows(fault: MessageFault, agreed: Agreed) -> str:
    """Return that a fault would do so, by compression with context takeover; "" if not."""
    if not (agreed.takeover and fault.changes_data):
        return ""
    return (
        "messages are compressed with context takeover: each refers to those before it, so all "
        "that follow would be read wrongly"
    )


class AlteringFault(MessageFault):
    """A fault that puts other messages in the place of a message, at once."""

    @abstractmethod
    def alter(self, unit: Unit) -> Sequence[Unit]:
        """Return what passes in the place of a selected message."""

    def make_live(self, choose: Mapping[Direction, Choice]) -> Mapping[Direction, Live]:
        """Return the live parts for one connection."""
        return {direction: _Altering(self, each) for direction, each in choose.items()}


class _Altering(Live):
    def __init__(self, fault: AlteringFault, choose: Choice) -> None:
        self._fault = fault
        self._choose = choose

    def unit(self, unit: Unit, now: float, /) -> Sequence[Decision]:
        if not self._choose(unit):
            return ((now, unit),)
        return [(now, each) for each in self._fault.alter(unit)]
