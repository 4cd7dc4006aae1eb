"""A list of faults without links."""

from __future__ import annotations

from labkit.links.fault_handle import FaultHandle
from labkit.links.fault_list import FaultList
from labkit.links.message_watch import MessageWatch
from labkit.observable import Observable


class Nowhere(FaultList):
    """A list of faults that act on nothing.

    Attributes
    ----------
    watches
        Those that wait for messages.
    """

    def __init__(self, changes: Observable) -> None:
        super().__init__(changes)
        self.watches: list[MessageWatch] = []

    def watch(self, watch: MessageWatch) -> None:
        self.watches.append(watch)

    def unwatch(self, watch: MessageWatch) -> None:
        self.watches.remove(watch)

    def _begin(self, handle: FaultHandle) -> None:
        pass

    def _end(self, handle: FaultHandle) -> None:
        pass

    @property
    def name(self) -> str:
        return "nowhere"
