"""The faults on a link."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol, overload

from labkit.exceptions import LabError
from labkit.faults import Down, Fault
from labkit.faults.fault import ByteFault
from labkit.faults.scope import Scope, Where
from labkit.links.fault_handle import Damaged, FaultHandle
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


class FaultList(Sequence[FaultHandle]):
    """The faults that act on a link now, in the order in which they were added."""

    def __init__(self, link: Damageable) -> None:
        self._link = link
        self._handles: list[FaultHandle] = []

    def add(
        self,
        fault: Fault,
        direction: Where = "both",
        *,
        probability: float = 1.0,
        seed: int | str | None = None,
        first: int | None = None,
    ) -> FaultHandle:
        """Let a fault act on the link; see `Link.add`."""
        scope = Scope(direction, probability, seed, first)
        self.check(fault, scope)
        if self._link.state == "closed":
            raise LabError(
                f"The link {self._link.name!r} is closed, so no fault can act on it. "
                "Add it to an open one, for example `alice.link`."
            )
        handle = FaultHandle(fault, scope)
        self.put(handle)
        return handle

    def check(self, fault: Fault, scope: Scope) -> None:
        """Raise LabError unless a fault can be added beside those that act here."""
        check_addition(fault, scope, self._handles)

    def notify(self) -> None:
        """Report a change of the faults."""
        self._link.changes.notify()

    def put(self, handle: FaultHandle) -> None:
        """Let a fault act here, perhaps one that acts on other links, too."""
        self._handles.append(handle)
        handle.holders.append(self)
        for connection in self._link.damaged:
            handle.act_on(connection)
        self.notify()

    def discard(self, handle: FaultHandle) -> None:
        """Let a fault act here no more, whatever it does on other links."""
        if handle in self._handles:
            self._handles.remove(handle)
            handle.holders.remove(self)
            for connection in self._link.damaged:
                handle.release(connection)
            self.notify()

    def heal(self) -> None:
        """Let no fault act here any more: what they hold passes on."""
        for handle in tuple(self._handles):
            self.discard(handle)

    def restore(self) -> None:
        """Put the plug back, and nothing else."""
        for handle in tuple(self._handles):
            if isinstance(handle.fault, Down):
                self.discard(handle)

    @property
    def is_down(self) -> bool:
        """Whether the plug is pulled."""
        return any(isinstance(handle.fault, Down) for handle in self._handles)

    def meet(self, connection: Damaged) -> None:
        """Let each fault act on a new connection."""
        for handle in tuple(self._handles):
            handle.act_on(connection)

    def leave(self, connection: Damaged) -> None:
        """Let go of a connection that has ended."""
        for handle in self._handles:
            handle.forget(connection)

    @overload
    def __getitem__(self, index: int) -> FaultHandle: ...
    @overload
    def __getitem__(self, index: slice) -> list[FaultHandle]: ...
    def __getitem__(self, index: int | slice) -> FaultHandle | list[FaultHandle]:
        return self._handles[index]

    def __len__(self) -> int:
        return len(self._handles)

    def __iter__(self) -> Iterator[FaultHandle]:
        return iter(tuple(self._handles))

    def __repr__(self) -> str:
        return f"<FaultList: {', '.join(map(repr, self._handles)) or 'none'}>"


def check_addition(fault: object, scope: Scope, handles: Sequence[FaultHandle]) -> None:
    """Raise LabError unless a fault can be added beside others."""
    if isinstance(fault, type) and issubclass(fault, Fault):
        raise LabError(f"{fault.__name__} is a kind of fault: add {fault.__name__}(...).")
    if not isinstance(fault, ByteFault | Down):
        raise LabError(
            f"Only a fault can be added to a link, for example Latency(0.3), not {fault!r}. "
            "`from labkit.faults import Latency` gives you that one."
        )
    if isinstance(fault, Down) and scope != Scope():
        raise LabError(
            "Down() cuts the whole link: it has no direction, probability, seed or first."
        )
    for other in handles:
        if other.fault == fault and set(other.scope.directions) & set(scope.directions):
            raise LabError(
                f"{other!r} acts there already, and would do the same twice. "
                "Remove it first, or add one with other values."
            )
