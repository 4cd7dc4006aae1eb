"""A connection on which faults act, by a clock that the test turns: no sockets, and no waiting.

The pipes, the lanes and the record are those of a link; only the sides and the loop are doubles.
"""

from __future__ import annotations

from typing import Any, cast

from labkit.clock import clock
from labkit.faults.connection_fault import ConnectionFault
from labkit.faults.fault import Act
from labkit.faults.http_fault import HttpFault
from labkit.faults.scope import Scope, Where
from labkit.links.fault_stage import FaultStage
from labkit.links.message_lanes import MessageLanes
from labkit.links.pipe import Pipe
from labkit.protocols.directions import DIRECTIONS, Direction
from labkit.protocols.stream import StreamEnd
from labkit.trace import Trace
from labkit.trace.rows import Rows
from tests.support.turned_clock import TurnedLoop


class Outlet:
    """A side: keeps what is written to it, and when."""

    connected = True

    def __init__(self, loop: TurnedLoop) -> None:
        self.transport = cast("Any", self)
        self.written = b""
        self.timed: list[tuple[float, bytes]] = []
        self.is_read = True
        self._loop = loop

    def write(self, data: bytes) -> None:
        """Keep some bytes."""
        self.written += data
        self.timed.append((round(self._loop.now, 6), data))

    def is_closing(self) -> bool:
        """Return that it is open."""
        return False

    def pause_reading(self) -> None:
        """Note that nobody reads from it."""
        self.is_read = False

    def resume_reading(self) -> None:
        """Note that somebody reads on."""
        self.is_read = True


class TurnedConnection:
    """A connection through a link.

    Parameters
    ----------
    faults
        What acts on it from the beginning, in both directions.

    Attributes
    ----------
    client, server
        What was written to each.
    acts, notes, ends
        What was done to the connection, the facts about it, and which FIN and RST have passed.
    """

    def __init__(self, *faults: ConnectionFault) -> None:
        self.loop = TurnedLoop()
        self.trace = Trace(name="turned")
        self.client, self.server = Outlet(self.loop), Outlet(self.loop)
        self.acts: list[tuple[float, Act]] = []
        self.notes: list[str] = []
        self.ends: list[tuple[Direction, StreamEnd]] = []
        self._stages: dict[ConnectionFault, dict[Direction, FaultStage]] = {}
        self.pipes: dict[Direction, Pipe] = {each: self._make_pipe(each) for each in DIRECTIONS}
        self.messages = MessageLanes(self.pipes, lambda: self.trace.lens.splitter(1), self._note)
        for fault in faults:
            self.add(fault)

    def _make_pipe(self, direction: Direction) -> Pipe:
        pipe = Pipe(self.trace, 1, direction, self._note, self._on_end)
        sides = (self.client, self.server)
        pipe.source, pipe.destination = sides if direction == "upstream" else sides[::-1]
        return pipe

    def _note(self, fact: str, direction: str) -> None:
        self.notes.append(fact)

    def _on_end(self, pipe: Pipe, end: StreamEnd) -> None:
        self.ends.append((pipe.direction, end))

    def _on_act(self, act: Act) -> None:
        self.acts.append((round(self.loop.now, 6), act))

    def add(self, fault: ConnectionFault, direction: Where = "both") -> None:
        """Let a fault act, as a link does."""
        before = clock.scale
        clock.set(1)  # whatever time scale tests left; a stage keeps it
        loop = cast("Any", self.loop)
        stages = self._stages[fault] = {
            each: FaultStage(live, fault.hold_limit, self._on_act, loop)
            for each, live in fault.make_live(Scope(direction).directions).items()
        }
        clock.set(before)
        for each, stage in stages.items():
            if isinstance(fault, HttpFault):
                self.messages.add(each, stage, reads_http=True)
            else:
                self.pipes[each].add(stage)
        for stage in stages.values():
            stage.begin()

    def change(self, fault: ConnectionFault, other: ConnectionFault) -> None:
        """Give a fault other values."""
        stages = self._stages[other] = self._stages.pop(fault)
        for each, live in other.make_live(DIRECTIONS).items():
            stages[each].change(live, other.hold_limit)

    def remove(self, fault: ConnectionFault) -> None:
        """Let a fault act no more."""
        for each, stage in self._stages.pop(fault).items():
            if isinstance(fault, HttpFault):
                self.messages.remove(each, stage)
            else:
                self.pipes[each].remove(stage)

    def send(self, *items: bytes | StreamEnd, at: float | None = None) -> None:
        """Let items come from the client."""
        self._receive("upstream", items, at)

    def answer(self, *items: bytes | StreamEnd, at: float | None = None) -> None:
        """Let items come from the server."""
        self._receive("downstream", items, at)

    def _receive(
        self, direction: Direction, items: tuple[bytes | StreamEnd, ...], at: float | None
    ) -> None:
        if at is not None:
            self.loop.turn_to(at)
        for item in items:
            if isinstance(item, bytes):
                self.pipes[direction].receive(item)
            else:
                self.pipes[direction].end(item)

    @property
    def held(self) -> int:
        """Bytes that faults hold or keep."""
        lanes = [each for stages in self._stages.values() for each in stages.values()]
        return sum(each.held + each.kept for each in lanes)

    def rows(self) -> Rows:
        """Return the rows of the record."""
        return self.trace.rows()
