"""Faults that act on many links at once."""

from __future__ import annotations

from labkit.faults import Fault
from labkit.faults.scope import Scope
from labkit.links.fault_handle import FaultHandle
from labkit.links.fault_list import FaultList
from labkit.links.link_faults import LinkFaults
from labkit.links.message_watch import MessageWatch
from labkit.observable import Observable


class FaultGroup(FaultList):
    """The faults that were added to all links that lead to a server, as ``server.faults``.

    They act on links made later, too. `first`, and what the handle counts, go for all links
    together. The faults that were added to one of the links are not in here, and `heal` and
    `restore` leave them alone.

    Parameters
    ----------
    server
        The name of the server.
    """

    def __init__(self, server: str) -> None:
        super().__init__(Observable())
        self._server = server
        self._links: list[LinkFaults] = []
        self._watches: list[MessageWatch] = []

    @property
    def name(self) -> str:
        """The name of the server."""
        return self._server

    def check(self, fault: Fault, scope: Scope) -> None:
        """Raise LabError unless a fault can be added beside those here, and on every link."""
        super().check(fault, scope)
        for link in self._links:
            link.check_connections(fault, scope)

    def include(self, link: LinkFaults) -> None:
        """Let the faults act on one more link, as long as it is open."""
        self._forget_closed_links()
        self._links.append(link)
        for handle in self:
            link.put(handle)
        for watch in self._watches:
            link.watch(watch)

    def watch(self, watch: MessageWatch) -> None:
        """Let a watch see the messages that enter the links, those made later included."""
        self._watches.append(watch)
        for link in self._links:
            link.watch(watch)

    def unwatch(self, watch: MessageWatch) -> None:
        """Let a watch see messages here no more."""
        if watch in self._watches:
            self._watches.remove(watch)
            for link in self._links:
                link.unwatch(watch)

    def _forget_closed_links(self) -> None:
        self._links = [each for each in self._links if not each.is_over]

    def _begin(self, handle: FaultHandle) -> None:
        self._forget_closed_links()
        for link in self._links:
            link.put(handle)

    def _end(self, handle: FaultHandle) -> None:
        for link in self._links:
            link.discard(handle)
