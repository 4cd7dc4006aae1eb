"""A fault that acts on links."""

from __future__ import annotations

import asyncio
import random as chance
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal, Protocol, Self

from labkit.exceptions import LabError
from labkit.faults import Down, Fault
from labkit.faults.choice import Choice, Counts
from labkit.faults.connection_fault import ConnectionFault
from labkit.faults.fault import Act, ByteFault, Live, Random
from labkit.faults.http_fault import HttpFault
from labkit.faults.link_fault import LinkFault
from labkit.faults.message_fault import MessageFault
from labkit.faults.scope import Scope, has_chance
from labkit.links.fault_stage import FaultStage
from labkit.links.message_lanes import MessageLanes
from labkit.links.pipe import Pipe
from labkit.protocols.directions import DIRECTIONS, Direction


class Named(Protocol):
    """A link, as a fault needs it."""

    name: str


class Damaged(Protocol):
    """A connection through a link, as a fault needs it."""

    number: int
    upstream: Pipe
    downstream: Pipe
    messages: MessageLanes

    @property
    def link(self) -> Named:
        """Its link."""

    def note(self, fact: str, direction: Direction | Literal[""] = "") -> None:
        """Record a fact about the connection."""

    def let_in(self) -> None:
        """Dial the server for it."""

    def act(self, act: Act, why: str = "") -> None:
        """Do something to the whole connection."""


class Holder(Protocol):
    """What lists a handle while its fault acts there."""

    @property
    def name(self) -> str:
        """Whose faults it lists."""

    def check(self, fault: Fault, scope: Scope) -> None:
        """Raise LabError unless the fault can act here beside the others."""

    def discard(self, handle: FaultHandle) -> None:
        """Let the fault act here no more."""

    def notify(self) -> None:
        """Report that a fault has other values now."""

    @property
    def heals_in(self) -> int | None:
        """Seconds until every fault here is removed; None if nothing is planned."""


class FaultHandle:
    """A fault on a link. Made by `link.add`; as a context manager it ends with the block.

    Parameters
    ----------
    fault
        What it does.
    scope
        Where, and on how many connections.

    Attributes
    ----------
    fault, scope
        As given; a seed was drawn if there was none, unless the fault has no chance.
    connection_count
        On how many connections it has acted, those that have ended included. A message fault
        may act on all; on how many messages it has acted is `message_count`. A `LinkFault` has
        acted on those that it made wait, or for which it chose a server.
    holders
        The lists in which it is, first the one to which it was added.
    """

    def __init__(self, fault: Fault, scope: Scope) -> None:
        self.fault = fault
        is_drawn = scope.seed is None and has_chance(fault)
        self.scope = replace(scope, seed=chance.randrange(10**6)) if is_drawn else scope
        self.connection_count = 0
        self.holders: list[Holder] = []
        self._stages: dict[Damaged, dict[Direction, FaultStage]] = {}
        self._begin_to_count()

    def _begin_to_count(self) -> None:
        self._counts: dict[Direction, Counts] = {each: Counts() for each in DIRECTIONS}

    @property
    def message_count(self) -> int:
        """On how many messages it has acted; 0 of faults that know no messages."""
        return sum(counts.acted for counts in self._counts.values())

    @property
    def is_active(self) -> bool:
        """Whether it acts, or will act on connections to come."""
        return bool(self.holders)

    @property
    def held(self) -> int:
        """Bytes that it holds now, in all connections."""
        return sum(stage.held + stage.kept for stage in self._all_stages())

    @property
    def held_for(self) -> float:
        """Seconds until all that it holds has passed; `math.inf` if that waits for its removal."""
        return max((stage.held_for for stage in self._all_stages()), default=0.0)

    def _all_stages(self) -> Iterator[FaultStage]:
        for stages in self._stages.values():
            yield from stages.values()

    def random(self, connection: Damaged, *purpose: str) -> Random:
        """Return a generator for a connection; with the same seed, it gives the same numbers."""
        who = (connection.link.name, connection.number, *purpose)
        seed = self.scope.seed
        if isinstance(self.fault, MessageFault) and self.fault.chance.seed is not None:
            seed = self.fault.chance.seed
        words = (seed, type(self.fault).__name__, *who)
        return chance.Random("/".join(map(str, words))).random

    def act_on(self, connection: Damaged) -> None:
        """Begin to act on a connection, if chance and the count say so."""
        scope = self.scope
        if isinstance(self.fault, LinkFault):  # it acts when the connection is to be dialled
            return
        if isinstance(self.fault, MessageFault):
            self.connection_count += 1
            self._put_stages(connection)
            return
        if scope.first is not None and self.connection_count >= scope.first:
            return
        if scope.probability < 1 and self.random(connection)() >= scope.probability:
            return
        self.connection_count += 1
        if isinstance(self.fault, Down):
            connection.act(Act.CUT)
        else:
            self._put_stages(connection)

    def _put_stages(self, connection: Damaged) -> None:
        def act(act: Act) -> None:
            connection.act(act, repr(self.fault))

        self._note(connection, "added")
        stages = self._stages[connection] = {}
        loop = asyncio.get_running_loop()
        for direction, live in self._make_live(connection).items():
            stages[direction] = FaultStage(live, self.fault.hold_limit, act, loop)
            if isinstance(self.fault, MessageFault):
                connection.messages.add(direction, stages[direction])
            elif isinstance(self.fault, HttpFault):
                connection.messages.add(direction, stages[direction], reads_http=True)
            else:
                _pipe(connection, direction).add(stages[direction])
        for stage in stages.values():
            stage.begin()

    def _make_live(self, connection: Damaged) -> Mapping[Direction, Live]:
        """Return the live parts of the fault for one connection."""
        fault, directions = self.fault, self.scope.directions
        if isinstance(fault, MessageFault):
            return fault.make_live(
                {each: self._choice(fault, connection, each) for each in directions}
            )
        if isinstance(fault, ConnectionFault):
            return fault.make_live(directions)
        assert isinstance(fault, ByteFault)
        return {each: fault.live(self.random(connection, each)) for each in directions}

    def _choice(self, fault: MessageFault, connection: Damaged, direction: Direction) -> Choice:
        """Return what chooses the messages of one direction of a connection."""
        return Choice(
            fault,
            self._counts[direction],
            self.random(connection, direction),
            lambda fact: connection.note(fact, direction),
            self.scope.probability,
            self.scope.first,
        )

    def _note(self, connection: Damaged, what: str) -> None:
        direction = self.scope.direction
        connection.note(f"fault {what}: {self.fault!r}", "" if direction == "both" else direction)

    def change(self, fault: Fault) -> None:
        """Give the fault other values while it acts; it keeps its place among the others.

        What it holds meets the new values as if it came now.

        Raises
        ------
        LabError
            If that is another kind of fault, if an equal one acts there, or after `remove`.
        """
        if type(fault) is not type(self.fault) or not self.is_active:
            raise LabError(
                f"{self!r} cannot become {fault!r}: only the values of an active fault can change. "
                "Add that one with `link.add`."
            )
        if fault == self.fault:
            return
        self.holders[0].check(fault, self.scope)
        self.fault = fault
        self._begin_to_count()
        for connection, stages in tuple(self._stages.items()):
            self._note(connection, "changed")
            for direction, live in self._make_live(connection).items():
                stages[direction].change(live, fault.hold_limit)
        for holder in tuple(self.holders):
            holder.notify()

    def release(self, connection: Damaged) -> None:
        """Act on a connection no more: what is held there passes on."""
        stages = self._stages.pop(connection, {})
        if stages:
            self._note(connection, "removed")
        for direction, stage in stages.items():
            if isinstance(self.fault, MessageFault | HttpFault):
                connection.messages.remove(direction, stage)
            else:
                _pipe(connection, direction).remove(stage)

    def forget(self, connection: Damaged) -> None:
        """Let go of a connection that has ended."""
        self._stages.pop(connection, None)

    def remove(self) -> None:
        """Take the fault away everywhere: what it holds passes on, in order.

        Once removed, it stays removed.
        """
        for holder in tuple(self.holders):
            holder.discard(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.remove()

    def __str__(self) -> str:
        scope = self.scope
        words = [f"{self.fault!r}"]
        if scope.direction != "both":
            words.append(scope.direction)
        if scope.probability < 1:
            words.append(f"with probability {scope.probability:g}")
        if scope.first is not None:
            words.append(f"on the first {scope.first}")
        return " ".join(words)

    def __repr__(self) -> str:
        return f"<{self}{'' if self.is_active else ', removed'}>"


def _pipe(connection: Damaged, direction: Direction) -> Pipe:
    return connection.upstream if direction == "upstream" else connection.downstream
