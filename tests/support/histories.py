"""Sound histories, made at random by a small world: clients, a right server, and what is between.

The world takes one step at a time, and which one is drawn from a seed: a client dials, says
something, is cut off, comes back or leaves; the server takes a message in, or notices that somebody
is gone; a frame arrives. So everything that may lie between two events comes to lie there. A cut
connection is half dead for a while: some of what it had on its way still arrives, also when its
client is back on the next one. At the end all is quiet. `STEADY` are never cut off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from labkit.delivery.event import Event
from labkit.delivery.promise import Promise

STEADY = ("alice", "bob")
NAMES = (*STEADY, "carol", "dave", "eve")

T = TypeVar("T")


@dataclass(eq=False)
class Wire:
    """A connection: what is on its way in both directions, and who believes what of it."""

    client: str
    number: int
    resume: int
    """The place in the server's log from which the client wants to hear."""
    up: list[str] = field(default_factory=list)
    down: list[tuple[str, str, int]] = field(default_factory=list)
    is_cut: bool = False
    """Nothing more enters it, and some of what is in it may still arrive."""
    is_over: bool = False
    """Its client knows that it has ended."""
    is_known: bool = False
    """The server has accepted it."""


class Broadcast:
    """A server that passes each message on to whoever is there, and forgets it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.members: list[Wire] = []
        self.outgoing: list[tuple[Wire, tuple[str, str, int]]] = []

    def accept(self, wire: Wire) -> None:
        self.members.append(wire)
        if self.world.chance(0.8):
            self.put(wire, "greeting")

    def take(self, wire: Wire, message: str) -> None:
        acks = self.world.promise.acknowledged
        acks_first = self.world.chance(0.5)
        if acks and acks_first:
            self.put(wire, "ack", message)
        for one in self.members:
            is_for = self.world.promise.is_for(wire.client, one.client)
            if (one is not wire) if self.world.promise.audience == "others" else is_for:
                self.put(one, "hear", message)
        if acks and not acks_first:
            self.put(wire, "ack", message)

    def put(self, wire: Wire, what: str, message: str = "", index: int = -1) -> None:
        self.outgoing.append((wire, (what, message, index)))

    def work(self) -> bool:
        """Write one thing that waits; some may have joined or gone since it began to wait."""
        if not self.outgoing:
            return False
        wire, frame = self.outgoing.pop(0)
        if not wire.is_cut:
            wire.down.append(frame)
        return True

    def forget(self, wire: Wire) -> None:
        self.members = [one for one in self.members if one is not wire]


class Store(Broadcast):
    """A server with a log, which sends it on from where each client is; duplicates are its own."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.log: list[tuple[str, str]] = []
        self.places: dict[Wire, int] = {}
        self.first: dict[str, int] = {}

    def accept(self, wire: Wire) -> None:
        super().accept(wire)
        resume = wire.resume
        if self.world.promise.delivery == "at least once":
            resume -= self.world.random.randint(0, 2)
        first = self.first.setdefault(wire.client, len(self.log))
        self.places[wire] = max(first, resume)
        self.feed()

    def take(self, wire: Wire, message: str) -> None:
        is_new = all(message != stored for _, stored in self.log)
        promise = self.world.promise  # what is stored twice can keep no order
        if is_new or (promise.delivery == "at least once" and promise.order is None):
            self.log.append((wire.client, message))
        self.put(wire, "ack", message)
        self.feed()

    def feed(self) -> None:
        for wire in self.members:
            for index in range(self.places[wire], len(self.log)):
                sender, message = self.log[index]
                if self.world.promise.is_for(sender, wire.client):
                    self.put(wire, "hear", message, index)
            self.places[wire] = len(self.log)


class World:
    """A world with a right server; `run` lets it run its course and returns the history."""

    def __init__(self, seed: int, promise: Promise, steps: int = 200) -> None:
        self.random = Random(seed)
        self.promise = promise
        self.steps = steps
        self.events: list[Event] = []
        self.wires: dict[str, list[Wire]] = {name: [] for name in NAMES}
        self.said = dict.fromkeys(NAMES, 0)
        self.unacknowledged: dict[str, list[str]] = {name: [] for name in NAMES}
        self.heard: dict[str, set[int]] = {name: set() for name in NAMES}
        self.gone: set[str] = set()
        self.joined: set[Wire] = set()
        self.calls: list[tuple[Wire, str]] = []
        self.server = Store(self) if promise.is_to_identity else Broadcast(self)

    def run(self) -> list[Event]:
        """Let the world run its course and come to rest."""
        acts: dict[Callable[[], object], int] = {
            self.dial_somebody: 4,
            self.accept: 4,
            self.say: 8,
            self.return_call: 6,
            self.take: 10,
            self.server.work: 24,
            self.arrive: 24,
            self.cut: 2,
            self.notice: 3,
            self.leave: 1,
        }
        for name in STEADY:
            self.dial(name)
        for act in self.random.choices(list(acts), list(acts.values()), k=self.steps):
            act()
        for wire in self.all_wires():
            newest = self.wires[wire.client][-1]
            if wire.is_cut or newest.is_cut or newest.is_over:
                self.end(wire, "fault" if wire.is_cut else "client")
        settle = (self.accept, self.return_call, self.take, self.server.work, self.arrive)
        while any([act() for act in settle]):
            pass
        return self.events

    def dial_somebody(self) -> None:
        """Somebody connects who is not there, or, now and then, for a second time."""
        may = [name for name in NAMES if name not in self.gone and self.may_dial(name)]
        if may:
            self.dial(self.random.choice(may))

    def may_dial(self, name: str) -> bool:
        wires = self.wires[name]
        return not wires or wires[-1].is_over or (name not in STEADY and self.chance(0.05))

    def dial(self, name: str) -> None:
        heard = self.heard[name]
        first_missing = next(index for index in range(len(heard) + 1) if index not in heard)
        wire = Wire(name, len(self.wires[name]) + 1, first_missing)
        self.wires[name].append(wire)
        self.record("dial", wire)
        if self.promise.is_to_identity:
            for message in self.unacknowledged[name]:
                self.send(wire, message)

    def say(self) -> None:
        """Somebody sends a new message, who may not know that the connection is cut, or over."""
        newest = [wires[-1] for wires in self.wires.values() if wires]
        speakers = [wire for wire in newest if wire.client not in self.gone]
        wire = self.random.choice(speakers)
        self.said[wire.client] += 1
        message = f"{wire.client}#{self.said[wire.client]}"
        self.unacknowledged[wire.client].append(message)
        self.send(wire, message)

    def send(self, wire: Wire, message: str) -> None:
        self.record("send", wire, message)
        if not wire.is_cut:
            wire.up.append(message)
        self.calls.append((wire, message))

    def return_call(self) -> bool:
        """The call returns that has lasted longest; on a connection that is over it may raise."""
        if self.calls:
            wire, message = self.calls.pop(0)
            self.record("failed" if wire.is_over and self.chance(0.5) else "sent", wire, message)
            return True
        return False

    def leave(self) -> None:
        wire = self.pick(lambda one: one.is_known and not one.is_over and self.is_newest(one))
        if wire and wire.client not in (*STEADY, *self.gone):
            self.gone.add(wire.client)
            self.record("leave", wire)
            if not wire.is_cut:
                wire.up.append("leave")

    def cut(self) -> None:
        """A fault cuts a connection; part of what was on its way has come far enough to arrive."""
        wire = self.pick(lambda one: not one.is_cut and not one.is_over)
        if wire is None or wire.client in STEADY:
            return
        wire.is_cut = True
        wire.up, wire.down = self.part(wire.up), self.part(wire.down)
        if self.chance(0.6):
            self.end(wire, "fault")

    def part(self, frames: list[T]) -> list[T]:
        if self.promise.order is None:
            return [frame for frame in frames if self.chance(0.5)]
        return frames[: self.random.randint(0, len(frames))]

    def notice(self) -> None:
        """One end of a cut connection notices it."""
        wire = self.pick(lambda one: one.is_cut)
        if wire and self.chance(0.5):
            self.end(wire, "fault")
        elif wire:
            self.server.forget(wire)

    def end(self, wire: Wire, cause: str) -> None:
        if not wire.is_over:
            wire.is_over = wire.is_cut = True
            self.record("ended", wire, cause=cause)

    def accept(self) -> bool:
        wire = self.pick(lambda one: not one.is_known and not one.is_cut)
        if wire:
            wire.is_known = True
            self.server.accept(wire)
        return wire is not None

    def take(self) -> bool:
        """The server takes in one message of a connection."""
        wire = self.pick(lambda one: bool(one.up) and one.is_known)
        if wire is None:
            return False
        message = self.next_of(wire.up)
        if message == "leave":
            for one in self.wires[wire.client] if self.promise.is_to_identity else [wire]:
                self.server.forget(one)
            self.record("left", wire)
        else:
            self.server.take(wire, message)
        return True

    def arrive(self) -> bool:
        """A client gets one frame, also one that was left on a connection that is over."""
        wire = self.pick(lambda one: bool(one.down))
        if wire is None:
            return False
        what, message, index = self.next_of(wire.down)
        if what == "ack":
            if message in self.unacknowledged[wire.client]:
                self.unacknowledged[wire.client].remove(message)
            self.record("ack", wire, message)
            return True
        self.join(wire)
        is_again = index in self.heard[wire.client]
        if what == "hear" and not (is_again and self.promise.delivery == "exactly once"):
            self.record("hear", wire, message)
        self.heard[wire.client] |= {index} - {-1}
        return True

    def join(self, wire: Wire) -> None:
        if wire not in self.joined:
            self.joined.add(wire)
            self.record("joined", wire)

    def record(self, kind: str, wire: Wire, message: str = "", **more: str) -> None:
        place = len(self.events)
        self.events.append(
            Event(kind, wire.client, wire.number, message, position=place, **more)  # type: ignore[arg-type]
        )

    def is_newest(self, wire: Wire) -> bool:
        return wire is self.wires[wire.client][-1]

    def all_wires(self) -> list[Wire]:
        return [wire for name in NAMES for wire in self.wires[name]]

    def pick(self, condition: Callable[[Wire], bool]) -> Wire | None:
        found = [wire for wire in self.all_wires() if condition(wire)]
        return self.random.choice(found) if found else None

    def next_of(self, frames: list[T]) -> T:
        """Return the next frame that arrives: without an order, any of those on their way."""
        return frames.pop(0 if self.promise.order else self.random.randrange(len(frames)))

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability
