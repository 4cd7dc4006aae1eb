"""Messages that arrive late, and all others behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from labkit.faults.choice import Choice
from labkit.faults.fault import Decision, Live, check_number
from labkit.faults.selecting_fault import SelectingFault
from labkit.faults.wording import describe_seconds
from labkit.protocols.directions import Direction
from labkit.protocols.polled import PolledBody
from labkit.protocols.units import Unit


@dataclass(frozen=True, repr=False)
class Delay(SelectingFault):
    """Delays selected messages; see `SelectingFault` for how to select.

    All that is sent behind one waits as well, since TCP has one order. `Reorder` lets others pass.
    On polling, the whole request or response waits.

    Parameters
    ----------
    seconds
        How long a message is on its way.
    """

    seconds: float
    _: KW_ONLY
    changes_data: ClassVar[bool] = False

    @property
    def effect(self) -> str:
        """What it does, in words and numbers."""
        return f"{describe_seconds(self.seconds)} later: {self.selection}"

    def __post_init__(self) -> None:
        """Raise LabError unless the values make sense."""
        super().__post_init__()
        check_number("seconds", self.seconds)

    def make_live(self, choose: Mapping[Direction, Choice]) -> Mapping[Direction, Live]:
        """Return live parts that delay."""
        return {direction: _Delaying(self.seconds, each) for direction, each in choose.items()}


class _Delaying(Live):
    def __init__(self, seconds: float, choose: Choice) -> None:
        self._seconds = seconds
        self._choose = choose
        self.passes = choose.spares  # type: ignore[method-assign]  # each message comes here

    def unit(self, unit: Unit, now: float, /) -> Sequence[Decision]:
        return ((now + self._seconds, unit),)

    def body(self, body: PolledBody, now: float, /) -> Sequence[Decision]:
        is_late = any(self._choose.choose_from(body))
        return ((now + self._seconds if is_late else now, body),)
