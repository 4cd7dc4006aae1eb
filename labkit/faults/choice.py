"""How a fault chooses among the messages that it selects.

The numbers that it counts belong to the fault on its link, not to a connection, since a session of
Socket.IO may be many connections. Chance belongs to a direction of a connection, so that the same
messages have the same fates whatever else crosses the link.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field
from typing import Protocol

from labkit.faults.fault import Random
from labkit.protocols.polled import PolledBody
from labkit.protocols.units import BINARY, Agreed, Unit

IN_PARTS = "an event passed whose attachments come in another request or response"
"""The fact about a polled event that a fault would act on, and that must stay together."""

TOO_LARGE = "a message above 1 MiB passed: a fault sees its header only"
"""The fact about a message that a fault would act on, or cannot judge."""


@dataclass(frozen=True, slots=True)
class Chance:
    """On which of the messages that match a fault acts; see `SelectingFault`."""

    nth: int | None = None
    every: int | None = None
    probability: float = 1.0
    seed: int | str | None = None


class Selecting(Protocol):
    """A fault, as a choice needs it; see `labkit.faults.message_fault.MessageFault`."""

    @property
    def chance(self) -> Chance:
        """On which of the selected ones it acts."""

    @property
    def reads_content(self) -> bool:
        """Whether it selects by more than a header."""

    @property
    def acts_on_parts(self) -> bool:
        """Whether it can act on an event whose attachments are in another body."""

    def is_selected(self, unit: Unit) -> bool:
        """Return whether it may act on a unit."""

    def find_spared(self, agreed: Agreed) -> Container[int]:
        """Return opcodes of units none of which is selected; there may be others."""

    def find_obstacle(self, agreed: Agreed) -> str:
        """Return why it cannot act on a connection, "" if it can."""


@dataclass
class Counts:
    """What a fault has counted in one direction of its link.

    Attributes
    ----------
    matched, acted
        Messages that it has selected, and on which it has acted.
    parted
        By session of polling: how many attachments of the last event are still to come, in another
        body, and whether the fault has acted on that event.
    """

    matched: int = 0
    acted: int = 0
    parted: dict[str, tuple[int, bool]] = field(default_factory=dict)


class Choice:
    """Chooses the messages of one direction of one connection: ask it once for each, in order.

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
        fault: Selecting,
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
        self._spared: Container[int] = ()

    def __call__(self, unit: Unit) -> bool:
        """Return whether the fault acts on a unit."""
        return not self.spares(unit)

    def spares(self, unit: Unit) -> bool:
        """Return whether the fault does not act on a unit."""
        if unit.agreed is not self._agreed:
            self._look_at(unit.agreed)
        if self._is_off or unit.opcode in self._spared:
            return True
        if not unit.is_whole:
            self._look_at_large(unit)
            return True
        return not (self._fault.is_selected(unit) and self._is_drawn())

    def choose_from(self, body: PolledBody) -> list[bool]:
        """Return whether the fault acts on each of the units of a body.

        An attachment that comes in another body than its event shares its fate.
        """
        chosen = []
        for unit in body.units:
            missing, was_chosen = self._counts.parted.pop(body.session, (0, False))
            if missing and unit.opcode == BINARY:
                chosen.append(was_chosen)
                missing -= 1
            elif unit.fate == "dropped":
                chosen.append(False)
            else:
                was_chosen = self(unit)
                missing = unit.announced - len(unit.attachments)
                if missing and was_chosen and not self._fault.acts_on_parts:
                    self._note(IN_PARTS)
                    was_chosen = False
                chosen.append(was_chosen)
            if missing > 0:
                self._counts.parted[body.session] = missing, was_chosen
        return chosen

    def count(self, unit: Unit) -> None:
        """Count a unit on which the fault does not act, whatever it is."""
        if not self._is_off and unit.is_whole and self._fault.is_selected(unit):
            self._counts.matched += 1

    def _look_at(self, agreed: Agreed) -> None:
        """Find out what the handshake of the connection lets the fault do."""
        self._agreed = agreed
        obstacle = self._fault.find_obstacle(agreed)
        self._is_off = bool(obstacle)
        self._spared = self._fault.find_spared(agreed)
        if obstacle:
            self._note(f"fault does not act: {self._fault!r}: {obstacle}")

    def _look_at_large(self, unit: Unit) -> None:
        """Say of a unit that is not all here if the fault would act on it, or cannot judge it."""
        is_packet = unit.agreed.is_engineio and not unit.is_control
        if (
            is_packet
            or self._fault.reads_content
            or (self._fault.is_selected(unit) and self._is_drawn())
        ):
            self._note(TOO_LARGE)

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
