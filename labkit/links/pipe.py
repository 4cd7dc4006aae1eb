"""A pipe: one direction of a connection through a link. How a byte passes::

    side --> (judge) --> (until open) --> record --> (stages) --> side
    source                                                        destination

1. asyncio reads from the source's socket, at most 64 KiB at a time (`sockets/read_limit.py`), and
   calls `data_received` of the source's `Side`, which is the pipe's `receive`.
2. What stands before the record decides what enters. On a link that leads elsewhere, a `Judging`
   holds back the head of a request until it is whole and was judged. While the server is dialled,
   a `Hold` keeps what came too early.
3. The record gets the bytes, with the time, as they enter: `link.trace`.
4. Faults stand behind the record, in the order in which they were added, each as a `FaultStage`,
   those that understand messages or HTTP in front of the others, in a lane (`message_lanes.py`):
   they may delay, hold, cut up, change or lose what was recorded. A link without faults has
   nothing there.
5. The bytes are written to the destination's socket. What its kernel does not take waits in the
   transport's buffer. Above 64 KiB the destination is full, and the pipe pauses reading.

Mostly there is nothing in brackets. Then `enter` is None, and a byte's way is one `if`, the record
and one write.

FIN and RST take the same way, behind the bytes that were sent before them: they are packets like
others, which a long line delays and a black hole swallows. If they overtook, the last words of a
server that resets would be lost, and its end would be known too early. Only what acts from the
middle overtakes: `cut`, `reset` and `close` of a connection, also where a fault asks for them.

When a fault goes, what it holds passes on first: bytes, FIN and RST, in order.

Reading pauses while there is at least one reason (`FULL` and the others below), so memory stays
bounded however many things hold a pipe up. asyncio sees neither FIN nor RST of a socket from which
nobody reads, so the link looks for resets itself, whatever the reason is (`Side.sweep`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from labkit.links.stage import Push, Stage, Void
from labkit.protocols.stream import Item, StreamEnd
from labkit.trace import Direction, Trace
from labkit.trace.passage import Passage

FULL, HELD, DIALLING, ENDED = 1, 2, 4, 8
"""Why nobody reads from the source: the destination is full; a stage holds more than its limit;
there is no destination yet; the source has sent its FIN or RST, or was closed."""


class End(Protocol):
    """A side, as a pipe and its connection need it."""

    transport: asyncio.Transport
    connected: bool


class Pipe:
    """One direction of a link connection.

    Parameters
    ----------
    trace, number
        The link's record, and the connection's number in it.
    direction
        Which one.
    on_fact
        Called with a fact about this direction that is to be recorded.
    on_ending_passed
        Called with the pipe and a FIN or RST that has passed.

    Attributes
    ----------
    source, destination
        The side from which it reads, and the one to which it writes; they set themselves.
    paused
        Why nobody reads from the source, as bits; 0 while somebody does.
    enter
        Takes the next item; None where no stage stands in the pipe.
    finished
        Whether a FIN has reached the destination.
    entered
        Bytes that have entered, and are in the record.
    passage
        When they left; None while no fault has acted on this pipe.
    """

    source: End
    destination: End
    enter: Push | None

    def __init__(
        self,
        trace: Trace,
        number: int,
        direction: Direction,
        on_fact: Callable[[str, Direction], None],
        on_ending_passed: Callable[[Pipe, StreamEnd], None],
    ) -> None:
        self.direction = direction
        self.paused = 0
        self.finished = False
        self.entered = 0
        self.passage: Passage | None = None
        self._number = number
        self._trace = trace
        self._append = trace.append
        self._on_fact = on_fact
        self._on_ending_passed = on_ending_passed
        self._before_record: list[Stage] = []
        self._behind_record: list[Stage] = []
        self._join_up()

    def receive(self, data: bytes) -> None:
        """Take bytes that were read from the source."""
        data = bytes(data)  # on Windows, asyncio of Python 3.11 hands out bytearrays
        if self.enter is None:
            self.entered += len(data)
            self._append(self._number, self.direction, data)
            self.destination.transport.write(data)
            return
        if self.paused:
            # asyncio before 3.11.4 forgets a pause that is asked for inside `connection_made`
            # (https://github.com/python/cpython/issues/103918); one that is asked for now holds
            self.source.transport.resume_reading()
            self.source.transport.pause_reading()
        self.enter(data)

    def inject(self, data: bytes) -> None:
        """Let bytes enter that the source has not sent, as if it had."""
        self._record(data)

    def end(self, ending: StreamEnd) -> None:
        """Take the FIN or RST of the source, from which there is no more to read."""
        self.paused |= ENDED
        (self.enter or self._record)(ending)

    def _record(self, item: Item) -> None:
        if isinstance(item, bytes):
            self.entered += len(item)
            self._append(self._number, self.direction, item)
        else:
            self._on_fact(item.fact, self.direction)
        self._go_on(item)

    def _leave(self, item: Item) -> None:
        if isinstance(item, bytes):
            transport = self.destination.transport
            if transport.is_closing():  # it has just broken, in the middle of many small writes
                return
            if self.passage is not None and self._behind_record:
                self.passage.left(len(item))
            transport.write(item)
        else:
            self._on_ending_passed(self, item)

    def pause(self, reason: int) -> None:
        """Stop reading from the source."""
        if not self.paused:
            self.source.transport.pause_reading()
        self.paused |= reason

    def resume(self, reason: int) -> None:
        """Read on, unless there is another reason not to."""
        if self.paused == reason:
            self.source.transport.resume_reading()
        self.paused &= ~reason

    def add(self, stage: Stage, *, before_record: bool = False, first: bool = False) -> None:
        """Put a stage in: behind all others, or before the record, or in front of other faults."""
        if before_record:
            self._before_record.append(stage)
        else:
            if not self._behind_record:
                self.passage = self._trace.passage(self._number, self.direction, self.entered)
            self._behind_record.insert(0 if first else len(self._behind_record), stage)
        self._join_up()

    def remove(self, stage: Stage) -> None:
        """Take a stage out; what it holds passes on first."""
        stage.release()
        stages = self._before_record if stage in self._before_record else self._behind_record
        stages.remove(stage)
        if stages is self._behind_record and not stages and self.passage is not None:
            self.passage.pause(self.entered)
        self._join_up()

    def _join_up(self) -> None:
        self._go_on = self._joined(self._behind_record, self._leave)
        first = self._joined(self._before_record, self._record)
        self.enter = first if self._before_record or self._behind_record else None

    def _joined(self, stages: Sequence[Stage], push: Push) -> Push:
        """Have each stage pass on to the next one, and return the first one's `push`."""
        for stage in reversed(stages):
            stage.pipe, stage.pass_on = self, push
            push = stage.push
        return push

    @property
    def held(self) -> int:
        """Bytes that faults hold."""
        return sum(stage.held for stage in self._behind_record)

    def held_changed(self) -> None:
        """Pause reading while a stage holds more than its limit."""
        if any(stage.is_full for stage in self._before_record + self._behind_record):
            self.pause(HELD)
        else:
            self.resume(HELD)

    def lose_destination(self) -> None:
        """Lead into a void: the destination is gone, and can be full no more."""
        self.add(Void())
        self.resume(FULL)

    def drop(self) -> None:
        """Forget what the stages hold, and touch the source no more: both sides are closed."""
        self.paused |= ENDED
        for stage in self._before_record + self._behind_record:
            stage.drop()
        if self.passage is not None:
            self.passage.close()
