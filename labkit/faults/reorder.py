"""Messages that are overtaken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from labkit.faults.choice import Choice
from labkit.faults.fault import Decision, Live
from labkit.faults.message_fault import NotPolled
from labkit.faults.selecting_fault import SelectingFault
from labkit.protocols.directions import Direction
from labkit.protocols.stream import StreamEnd
from labkit.protocols.units import Unit

ENDINGS = ("close", "disconnect")
"""Kinds behind which nothing is heard any more."""


@dataclass(frozen=True, repr=False, kw_only=True)
class Reorder(SelectingFault):
    """Lets the next message pass a selected one; see `SelectingFault` for how to select.

    A selected message waits until the next one has passed. It does not wait behind the end of a
    connection: a close frame, a disconnect packet, FIN or RST comes after it. It cannot act on
    polling.
    """

    deed: ClassVar[str] = "lets the next one pass"

    acts_on_polling: ClassVar[bool] = False

    def make_live(self, choose: Mapping[Direction, Choice]) -> Mapping[Direction, Live]:
        """Return live parts that hold one message back."""
        return {direction: _Reordering(each) for direction, each in choose.items()}


class _Reordering(NotPolled):
    def __init__(self, choose: Choice) -> None:
        super().__init__(choose)
        self._held: Unit | None = None

    def passes(self, unit: Unit, /) -> bool:
        return self._held is None and not self._choose(unit)

    def unit(self, unit: Unit, now: float, /) -> Sequence[Decision]:
        if self._held is None:
            self._held = unit
            return ()
        if unit.kind in ENDINGS:
            return [*self._release(now), (now, unit)]
        self._choose.count(unit)
        return [(now, unit), *(self._release(now) if unit.is_message else ())]

    def end(self, end: StreamEnd, now: float, /) -> Sequence[Decision]:
        return [*self._release(now), (now, end)]

    def finish(self, now: float, /) -> Sequence[Decision]:
        return self._release(now)

    def _release(self, now: float) -> Sequence[Decision]:
        held, self._held = self._held, None
        return () if held is None else ((now, held),)

    @property
    def kept(self) -> int:
        return 0 if self._held is None else len(self._held)
