"""A list of faults without links."""

from __future__ import annotations

from labkit.links.fault_handle import FaultHandle
from labkit.links.fault_list import FaultList


class Nowhere(FaultList):
    """A list of faults that act on nothing."""

    def _begin(self, handle: FaultHandle) -> None:
        pass

    def _end(self, handle: FaultHandle) -> None:
        pass

    @property
    def name(self) -> str:
        return "nowhere"
