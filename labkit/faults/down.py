"""The pulled plug."""

from __future__ import annotations

from dataclasses import dataclass

from labkit.faults.fault import Fault


@dataclass(frozen=True, repr=False)
class Down(Fault):
    """Cuts every connection at once and refuses new ones (Toxiproxy: a proxy that is disabled).

    ``link.cut()`` adds it and ``link.restore()`` removes it. It has no direction.
    """

    @property
    def word(self) -> str:
        """What it is called: the plug is what people see."""
        return "plug pulled"

    @property
    def effect(self) -> str:
        """What it does, in words."""
        return "every connection is cut, and nobody gets through"
