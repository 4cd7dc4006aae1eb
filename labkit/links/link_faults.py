"""The faults on a link."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Literal, Protocol

from labkit.exceptions import LabError
from labkit.faults import Fault
from labkit.faults.link_fault import AcceptFault, DialFault
from labkit.faults.message_fault import MessageFault
from labkit.faults.scope import Scope
from labkit.links.fault_handle import Damaged, FaultHandle
from labkit.links.fault_list import FaultList
from labkit.links.message_watch import MessageWatch
from labkit.observable import Observable


class Damageable(Protocol):
    """A link, as its list of faults needs it."""

    name: str
    changes: Observable

    @property
    def state(self) -> Literal["whole", "cut", "closed"]:
        """Whether it is open."""

    @property
    def damaged(self) -> Sequence[Damaged]:
        """The connections on which faults can act."""

    @property
    def inside(self) -> int:
        """How many connections are let in."""


class LinkFaults(FaultList):
    """The faults that act on a link now, in the order in which they were added.

    Those that were added to `server.faults` are among them. `heal` and `restore` remove them from
    this link alone.
    """

    def __init__(self, link: Damageable) -> None:
        super().__init__(link.changes)
        self._link = link
        self._waiting: deque[Damaged] = deque()
        self._watches: list[MessageWatch] = []

    @property
    def name(self) -> str:
        """The name of the link."""
        return self._link.name

    @property
    def is_over(self) -> bool:
        """Whether the link is closed, so that no fault can act on it."""
        return self._link.state == "closed"

    def check(self, fault: Fault, scope: Scope) -> None:
        """Raise LabError unless a fault can be added to the link."""
        super().check(fault, scope)
        self.check_open()
        self.check_connections(fault, scope)

    def check_open(self) -> None:
        """Raise LabError if the link is closed."""
        if self.is_over:
            raise LabError(
                f"The link {self._link.name!r} is closed, so no fault can act on it. "
                "Add it to an open one, for example `alice.link`."
            )

    def check_connections(self, fault: Fault, scope: Scope) -> None:
        """Raise LabError if a connection is open on which a fault cannot act."""
        if not isinstance(fault, MessageFault):
            return
        for connection in self._link.damaged:
            obstacle = connection.messages.find_obstacle(fault, scope.directions)
            if obstacle:
                raise LabError(
                    f"{fault!r} cannot act on connection {connection.number} of "
                    f"{self._link.name!r}: {obstacle}."
                )

    def admit(self, connection: Damaged) -> bool:
        """Return whether a connection is let in now; if not, it waits until it is told."""
        closed = self._find_closed_door()
        if closed is None:
            return True
        closed.connection_count += 1
        connection.note(f"waits: {closed.fault!r}")
        self._waiting.append(connection)
        return False

    def _find_closed_door(self) -> FaultHandle | None:
        """Return a fault that lets nobody else in now, None if there is none."""
        for handle in self._handles:
            fault = handle.fault
            if isinstance(fault, AcceptFault) and not fault.admits(self._link.inside):
                return handle
        return None

    def _let_in(self) -> None:
        """Let in those that wait, the oldest first, as far as the faults allow it now."""
        while self._waiting and self._find_closed_door() is None:
            self._waiting.popleft().let_in()

    def choose_server(self) -> tuple[FaultHandle, tuple[str, int]] | None:
        """Return where the next connection leads, and by which fault; None for the link's own."""
        for handle in reversed(self._handles):
            if isinstance(handle.fault, DialFault):
                server = handle.fault.choose_server(handle.connection_count)
                handle.connection_count += 1
                return handle, server
        return None

    def notify(self) -> None:
        """Report a change, and let in who waits, if the faults allow it now."""
        super().notify()
        self._let_in()

    def _begin(self, handle: FaultHandle) -> None:
        for connection in self._link.damaged:
            handle.act_on(connection)

    def _end(self, handle: FaultHandle) -> None:
        for connection in self._link.damaged:
            handle.release(connection)

    def watch(self, watch: MessageWatch) -> None:
        """Let a watch see the messages that enter the link."""
        self._watches.append(watch)
        for connection in self._link.damaged:
            watch.act_on(connection)

    def unwatch(self, watch: MessageWatch) -> None:
        """Let a watch see messages here no more."""
        if watch in self._watches:
            self._watches.remove(watch)
            for connection in self._link.damaged:
                watch.release(connection)

    def meet(self, connection: Damaged) -> None:
        """Let each fault act on a new connection."""
        for acting in (*self, *self._watches):
            acting.act_on(connection)

    def leave(self, connection: Damaged) -> None:
        """Let go of a connection that has ended."""
        for acting in (*self, *self._watches):
            acting.forget(connection)
        if connection in self._waiting:
            self._waiting.remove(connection)
        self._let_in()
