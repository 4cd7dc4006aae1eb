"""A fault that changes nothing: the pattern for others, and what `benchmarks` measures."""

from __future__ import annotations

from dataclasses import dataclass

from labkit.faults.fault import ByteFault, Live, Random


@dataclass(frozen=True, repr=False)
class NoOp(ByteFault):
    """Changes nothing (Toxiproxy: noop)."""

    @property
    def effect(self) -> str:
        """What it does, in words and numbers."""
        return "changes nothing"

    def live(self, random: Random) -> Live:
        """Return a live part that passes everything on."""
        return Live()
