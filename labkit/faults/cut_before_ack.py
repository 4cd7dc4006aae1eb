"""A request that arrives, and whose answer never does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from labkit.faults.choice import Choice
from labkit.faults.fault import Act, Decision, Live
from labkit.faults.message_fault import NotPolled
from labkit.faults.selecting_fault import SelectingFault
from labkit.protocols.directions import Direction
from labkit.protocols.units import ANSWERED, ASKED, Unit


@dataclass(frozen=True, repr=False, kw_only=True)
class CutBeforeAck(SelectingFault):
    """Cuts a connection between a selected message and its answer; see `SelectingFault`.

    The server has done what was asked, and the client cannot know. On Socket.IO, only events that
    ask for an acknowledgement are selected, and the answer is that acknowledgement. On a raw
    WebSocket, it is the next message of the server. It has no direction: clients ask. It cannot act
    on polling, where an answer may come on another connection of TCP.
    """

    deed: ClassVar[str] = "cuts the connection before the answer to"

    acts_on_polling: ClassVar[bool] = False
    changes_data: ClassVar[bool] = False

    def is_selected(self, unit: Unit) -> bool:
        """Return whether a unit is selected, and can be answered."""
        if unit.agreed.is_engineio and (unit.kind not in ASKED or unit.packet.id is None):
            return False
        return super().is_selected(unit)

    def make_live(self, choose: Mapping[Direction, Choice]) -> Mapping[Direction, Live]:
        """Return two live parts: one sees requests, the other cuts."""
        asked: set[Asked] = set()
        return {"upstream": _Asking(asked, choose["upstream"]), "downstream": _Cutting(asked)}


Asked = tuple[str, int | None]
"""Namespace and number of a request that is to have no answer."""


def _name(unit: Unit) -> Asked:
    return (unit.packet.namespace, unit.packet.id) if unit.agreed.is_engineio else ("", None)


class _Asking(NotPolled):
    def __init__(self, asked: set[Asked], choose: Choice) -> None:
        super().__init__(choose)
        self._asked = asked

    def unit(self, unit: Unit, now: float, /) -> Sequence[Decision]:
        if self._choose(unit):
            self._asked.add(_name(unit))
        return ((now, unit),)


class _Cutting(Live):
    def __init__(self, asked: set[Asked]) -> None:
        self._asked = asked
        self._has_cut = False

    def unit(self, unit: Unit, now: float, /) -> Sequence[Decision]:
        if self._has_cut:
            return ()
        answers = not unit.agreed.is_engineio or unit.kind in ANSWERED
        if not (self._asked and unit.is_message and answers and _name(unit) in self._asked):
            return ((now, unit),)
        self._has_cut = True
        return ((now, Act.CUT),)
