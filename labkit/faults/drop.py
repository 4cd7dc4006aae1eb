"""Messages that never arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from labkit.faults.message_fault import AlteringFault
from labkit.faults.selecting_fault import SelectingFault
from labkit.protocols.units import Unit


@dataclass(frozen=True, repr=False, kw_only=True)
class Drop(AlteringFault, SelectingFault):
    """Loses selected messages; see `SelectingFault` for how to select.

    TCP loses nothing by itself: this is what a server or a proxy does that forgets a message.
    """

    deed: ClassVar[str] = "loses"

    def alter(self, unit: Unit) -> Sequence[Unit]:
        """Return its place, which is empty."""
        return (unit.dropped(),)
