"""Message faults by a clock that the test turns: exact, without sockets and without waiting."""

from __future__ import annotations

import random
from typing import Any, cast

from labkit.clock import clock
from labkit.faults.choice import Choice, Counts
from labkit.faults.fault import Act
from labkit.faults.message_fault import MessageFault
from labkit.links.fault_stage import FaultStage, Passing
from labkit.protocols.directions import DIRECTIONS, Direction
from labkit.protocols.frame_splitter import FrameSplitter
from labkit.protocols.polled import PolledBody
from labkit.protocols.splitter import Splitter
from labkit.protocols.stream import StreamEnd
from labkit.protocols.units import Agreed, Unit
from tests.support.raw import TEXT, frame
from tests.support.turned_clock import TurnedLoop

PLAIN, ENGINE = Agreed(), Agreed(is_engineio=True)


def polled(direction: Direction, *packets: str) -> PolledBody:
    """Return a request or response of polling with these packets in its body."""
    splitter, body = Splitter(), "\x1e".join(packets)
    first = "GET" if direction == "downstream" else "POST"
    lines = f"{first} /?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n"
    length = f"Content-Length: {len(body)}\r\n\r\n{body}"
    if direction == "downstream":
        splitter.feed("upstream", f"{lines}\r\n".encode())
        lines = "HTTP/1.1 200 OK\r\n"
    (piece,) = splitter.feed(direction, f"{lines}{length}".encode())
    assert isinstance(piece, PolledBody)
    return piece


def all_counts() -> dict[Direction, Counts]:
    """Return what a fault on a link has counted before it acts."""
    return {each: Counts() for each in DIRECTIONS}


class MessageLine:
    """A connection on which one message fault acts, in both directions.

    Parameters
    ----------
    fault
        The fault.
    agreed
        What the handshake agreed on.
    counts
        Shared by several connections of a link.
    probability, first
        As given to `link.add`.
    seed
        Of this connection.

    Attributes
    ----------
    passed
        What has passed in each direction, with the time.
    acts, notes
        What was done to the connection, and the facts about it.
    """

    def __init__(
        self,
        fault: MessageFault,
        agreed: Agreed = PLAIN,
        *,
        counts: dict[Direction, Counts] | None = None,
        probability: float = 1.0,
        first: int | None = None,
        seed: int = 0,
    ) -> None:
        self.loop = TurnedLoop()
        self.passed: dict[Direction, list[tuple[float, Passing]]] = {d: [] for d in DIRECTIONS}
        self.acts: list[tuple[float, Act]] = []
        self.notes: list[str] = []
        self._splitters = {each: FrameSplitter(agreed) for each in DIRECTIONS}
        counts = counts or all_counts()
        lives = fault.make_live(
            {
                each: Choice(
                    fault,
                    counts[each],
                    random.Random(f"{seed}/{each}").random,
                    self.notes.append,
                    probability,
                    first,
                )
                for each in DIRECTIONS
            }
        )
        before = clock.scale
        clock.set(1)  # whatever time scale tests left; a stage keeps it
        self.stages = {
            each: FaultStage(live, fault.hold_limit, self._on_act, cast("Any", self.loop))
            for each, live in lives.items()
        }
        clock.set(before)
        for each, stage in self.stages.items():
            stage.pipe = self
            stage.pass_on = lambda item, each=each: self._on_passed(each, item)  # type: ignore[misc]
            stage.begin()

    def _on_passed(self, direction: Direction, item: Passing) -> None:
        self.passed[direction].append((self.loop.now, item))

    def _on_act(self, act: Act) -> None:
        self.acts.append((self.loop.now, act))

    def held_changed(self) -> None:
        """Take a report."""

    def send(
        self,
        *items: bytes | str | StreamEnd,
        to: Direction = "upstream",
        at: float | None = None,
    ) -> None:
        """Let frames enter, or texts as frames of their own, or an end."""
        if at is not None:
            self.loop.turn_to(at)
        for item in items:
            if isinstance(item, StreamEnd):
                self.stages[to].push(item)
                continue
            data = frame(TEXT, item.encode()) if isinstance(item, str) else item
            for piece in self._splitters[to].feed(data):
                self.stages[to].push(piece)

    def poll(self, *packets: str, to: Direction = "upstream", at: float | None = None) -> None:
        """Let packets enter in the body of a request or response of polling."""
        if at is not None:
            self.loop.turn_to(at)
        self.stages[to].push(polled(to, *packets))

    def heard(self, direction: Direction = "upstream") -> list[str]:
        """Return what has passed: contents of messages, ends by their names."""
        return [words for _, words in self.timed(direction)]

    def timed(self, direction: Direction = "upstream") -> list[tuple[float, str]]:
        """Return the same with the times."""
        return [
            (round(when, 6), _words(item))
            for when, item in self.passed[direction]
            if not (isinstance(item, Unit) and item.fate == "dropped")
        ]


def _words(item: Passing) -> str:
    if isinstance(item, PolledBody):
        return item.data.partition(b"\r\n\r\n")[2].decode()
    if isinstance(item, Unit):
        return item.content.decode("utf-8", "backslashreplace") or item.kind
    return item.fact if isinstance(item, StreamEnd) else f"{len(item)} bytes"
