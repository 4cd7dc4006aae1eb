"""Messages that arrive twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from labkit.faults.message_fault import AlteringFault
from labkit.faults.selecting_fault import SelectingFault
from labkit.protocols.units import Unit


@dataclass(frozen=True, repr=False, kw_only=True)
class Duplicate(AlteringFault, SelectingFault):
    """Passes selected messages on twice; see `SelectingFault` for how to select.

    This is what a sender does that sends again because it did not learn that a message arrived.
    """

    deed: ClassVar[str] = "sends twice"

    acts_on_parts: ClassVar[bool] = False

    def alter(self, unit: Unit) -> Sequence[Unit]:
        """Return the message twice."""
        twin = unit.duplicated()
        return (twin, twin)
