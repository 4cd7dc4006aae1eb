"""The rows of fault switches: the faults that act, and those that acted before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from labkit.exceptions import LabError
from labkit.faults.message_fault import MessageFault
from labkit.faults.scope import Scope, has_direction
from labkit.faults.wording import describe_size
from labkit.links import FaultList
from labkit.links.fault_handle import FaultHandle

MAX_OFF = 12
"""Faults that act no more, and can be switched on again."""

DIRECTIONS = {
    "both": "both directions",
    "upstream": "upstream (client to server)",
    "downstream": "downstream (server to client)",
}


@dataclass
class FaultRow:
    """A fault, which acts or acted; `handle` is the last one that it had."""

    number: int
    handle: FaultHandle
    is_on: bool = True

    @property
    def effect(self) -> str:
        """What it does, where, and on how many connections, in words and numbers."""
        fault, scope = self.handle.fault, self.handle.scope
        words = [fault.effect]
        if has_direction(fault):
            words.append(DIRECTIONS[scope.direction])
        if scope.probability < 1:
            words.append(f"with probability {scope.probability:g}")
        if scope.first is not None:
            words.append(f"on the first {self._count(scope.first)}")
        return ", ".join(words)

    def _count(self, count: int) -> str:
        """Return a number of what the fault counts, with the noun."""
        noun = "message" if isinstance(self.handle.fault, MessageFault) else "connection"
        return f"{count} {noun}{'' if count == 1 else 's'}"

    @property
    def acted(self) -> str:
        """On how many connections or messages it has acted."""
        handle, is_for_messages = self.handle, isinstance(self.handle.fault, MessageFault)
        count = handle.message_count if is_for_messages else handle.connection_count
        return f"acted on {self._count(count)}"

    @property
    def numbers(self) -> dict[str, float]:
        """Those of its values that are numbers, by name; a seed is only a name for chance."""
        values = {
            each.name: getattr(self.handle.fault, each.name) for each in fields(self.handle.fault)
        }
        return {
            name: value
            for name, value in values.items()
            if isinstance(value, int | float) and not isinstance(value, bool) and name != "seed"
        }

    @property
    def call(self) -> str:
        """The call that adds it again, without what it is called on."""
        fault, scope = self.handle.fault, self.handle.scope
        words = [repr(fault)]
        if scope.direction != "both":
            words.append(f'"{scope.direction}"')
        if scope.probability < 1:
            words += [f"probability={scope.probability:g}", f"seed={scope.seed!r}"]
        if scope.first is not None:
            words.append(f"first={scope.first}")
        return f"add({', '.join(words)})"


class FaultRows:
    """The rows of a list of faults. A row stays where it is while its fault goes and comes back.

    Parameters
    ----------
    faults
        What is followed.
    """

    def __init__(self, faults: FaultList) -> None:
        self._faults = faults
        self._rows: list[FaultRow] = []
        self._made = 0

    def __iter__(self) -> Iterator[FaultRow]:
        return iter(self._rows)

    def follow(self) -> None:
        """Make the rows agree with what acts now."""
        for row in self._rows:
            row.is_on = row.handle in self._faults
        for handle in self._faults:
            if not any(row.handle is handle for row in self._rows):
                self._give_row(handle)
        off = [row for row in self._rows if not row.is_on]
        for row in off[: max(0, len(off) - MAX_OFF)]:
            self._rows.remove(row)

    def _give_row(self, handle: FaultHandle) -> None:
        """Let a fault have the row of an equal one that acts no more, or a new row."""
        for row in self._rows:
            if not row.is_on and _values(row.handle) == _values(handle):
                row.handle, row.is_on = handle, True
                return
        self._made += 1
        self._rows.append(FaultRow(self._made, handle))

    def find(self, number: int) -> FaultRow:
        """Return a row by its number, or raise LabError."""
        self.follow()
        for row in self._rows:
            if row.number == number:
                return row
        raise LabError("This fault acted too long ago to be switched on again: add it in code.")

    def switch_on(self, row: FaultRow) -> None:
        """Add the fault of a row again, with the same values."""
        fault, scope = row.handle.fault, row.handle.scope
        row.handle = self._faults.add(
            fault,
            scope.direction,
            probability=scope.probability,
            seed=scope.seed,
            first=scope.first,
        )

    def can_change(self, row: FaultRow) -> bool:
        """Whether the values of a fault can be changed here: it acts, and was added here."""
        return row.is_on and row.handle.holders[0] is self._faults

    def facts(self, row: FaultRow) -> list[str]:
        """Say what a fault holds now, how often it acted, and when it goes; nothing while off."""
        handle, facts = row.handle, list[str]()
        if not row.is_on:
            return facts
        if handle.held:
            wait = handle.fault.describe_wait(handle.held_for)
            facts.append(f"held: {describe_size(handle.held)}, {wait}")
        facts.append(row.acted)
        added_to = handle.holders[0]
        if added_to is not self._faults:
            facts.append(f"on all links of {added_to.name}")
        left = self._faults.time_left(handle)
        if left is not None:
            facts.append(f"heals in {left} s")
        return facts


def _values(handle: FaultHandle) -> tuple[object, Scope]:
    """Return what makes faults equal: all but the seed of chance."""
    return handle.fault, replace(handle.scope, seed=None)
