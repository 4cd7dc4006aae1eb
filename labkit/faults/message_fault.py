"""Faults that act on messages, and what they may do to compressed and polled ones.

A link hands such a fault units (`labkit/protocols/units.py`) instead of bytes, and bodies of
polling with units in them. The fault asks a `Choice` about each one. Most select as
`SelectingFault` says.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Mapping, Sequence
from typing import ClassVar

from labkit.faults.choice import Chance, Choice
from labkit.faults.fault import Decision, Fault, Live
from labkit.protocols.directions import Direction
from labkit.protocols.polled import PolledBody
from labkit.protocols.units import Agreed, Unit


class MessageFault(Fault, ABC):
    """A fault that acts on messages.

    Attributes
    ----------
    changes_data
        Whether messages are missing, different or in another order behind it.
    acts_on_polling
        Whether it can act on messages in bodies of HTTP.
    acts_on_parts
        Whether it can act on an event whose attachments are in another body.
    """

    changes_data: ClassVar[bool] = True
    acts_on_polling: ClassVar[bool] = True
    acts_on_parts: ClassVar[bool] = True

    @abstractmethod
    def make_live(self, choose: Mapping[Direction, Choice]) -> Mapping[Direction, Live]:
        """Return the live parts for one connection: one for each direction in which it acts."""

    def is_selected(self, unit: Unit) -> bool:
        """Return whether it may act on a unit, chance and numbers aside."""
        return True

    def find_spared(self, agreed: Agreed) -> Container[int]:
        """Return opcodes of units none of which is selected; there may be others."""
        return ()

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


def corrupts_what_follows(fault: MessageFault, agreed: Agreed) -> str:
    """Return that a fault would do so, by compression with context takeover; "" if not."""
    if not (agreed.takeover and fault.changes_data):
        return ""
    return (
        "messages are compressed with context takeover: each refers to those before it, so all "
        "that follow would be read wrongly"
    )


class NotPolled(Live):
    """The live part of a fault that cannot act on polling.

    Parameters
    ----------
    choose
        Says so, once.
    """

    def __init__(self, choose: Choice) -> None:
        self._choose = choose

    def body(self, body: PolledBody, now: float, /) -> Sequence[Decision]:
        """Pass on what is polled."""
        self._choose.choose_from(body)
        return ((now, body),)


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
        self.passes = choose.spares  # type: ignore[method-assign]  # each message comes here

    def unit(self, unit: Unit, now: float, /) -> Sequence[Decision]:
        return [(now, each) for each in self._fault.alter(unit)]

    def body(self, body: PolledBody, now: float, /) -> Sequence[Decision]:
        units: list[Unit] = []
        for unit, is_chosen in zip(body.units, self._choose.choose_from(body), strict=True):
            units += self._fault.alter(unit) if is_chosen else (unit,)
        return ((now, body.with_units(units)),)
