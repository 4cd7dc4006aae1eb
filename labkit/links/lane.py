"""One direction of what message faults act on: takes bytes apart, and puts together what passes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from labkit.links.fault_stage import Passing, UnitStage
from labkit.links.pipe import Pipe
from labkit.links.stage import Stage
from labkit.protocols.directions import Direction
from labkit.protocols.frame_splitter import FrameSplitter
from labkit.protocols.http_parts import HttpPart
from labkit.protocols.polled import PolledBody
from labkit.protocols.splitter import Piece, Splitter
from labkit.protocols.stream import Item
from labkit.protocols.units import Fate, Stretch, Unit

PIPELINED = "a request of polling keeps its packets, since another one waits for an answer"


class Lane(Stage):
    """One direction's lane.

    Parameters
    ----------
    splitter
        The connection's.
    way
        The pipe of this direction.
    note
        Records a fact about the connection.

    Attributes
    ----------
    stages
        Those of the faults that act here, in order.
    on_fed
        Called when the splitter was fed.
    on_emptied
        Called with a request that has lost all its packets; it does not pass.
    on_refused
        Called with the answer to a request that does not pass, when it is its turn.
    """

    def __init__(
        self, splitter: Splitter, way: Pipe, note: Callable[[str, Direction], None]
    ) -> None:
        self.stages: list[UnitStage] = []
        self.on_fed: Callable[[], None] = _do_nothing
        self.on_emptied: Callable[[PolledBody], None] | None = None
        self.on_refused: Callable[[bytes], None] = _ignore
        self._refused: deque[HttpPart] = deque()  # requests that wait for their turn
        self._http_fate: Fate = ""  # of the message whose parts are leaving
        self._splitter = splitter
        self._way = way
        self._note = note
        self._direction = way.direction
        self._first: Callable[[Passing], None] = self._leave
        self._together: list[bytes] | None = None  # what leaves in one go
        self._left = 0  # offset of what has left
        self._is_in_step = True  # while what leaves is what entered next
        self._frames: FrameSplitter | None = None
        self._is_dropped = False

    @property
    def is_used(self) -> bool:
        """Whether a fault acts here, or a request that was refused waits for its answer."""
        return bool(self.stages or self._refused)

    def open(self) -> None:
        """Stand in the pipe, in front of all that is there behind the record."""
        self._way.add(self, first=True)
        self._left = self._way.entered
        self._splitter.count_from(self._direction, self._left)

    def _expect(self, stop: int, size: int) -> None:
        """Say what leaves next, unless it is what entered next: then the passage knows."""
        passage = self._way.passage
        assert passage is not None  # it is there as soon as a stage stands in the pipe
        if not (self._is_in_step or passage.expects):
            self._is_in_step = True
        if self._is_in_step and stop - size != self._left:
            self._is_in_step = False
            ahead = self._way.held - self.held + sum(map(len, self._together or ()))
            if ahead:
                passage.expect(self._left, ahead)
        if not self._is_in_step:
            passage.expect(stop, size)
        self._left = max(self._left, stop)

    def add(self, stage: UnitStage, *, first: bool = False) -> None:
        """Put a stage behind the others, or in front of them."""
        self.stages.insert(0 if first else len(self.stages), stage)
        self._join_up()

    def remove(self, stage: UnitStage) -> None:
        """Take a stage out; what it holds passes on first."""
        stage.release()
        self.stages.remove(stage)
        self._join_up()

    def _join_up(self) -> None:
        push: Callable[[Passing], None] = self._leave
        for stage in reversed(self.stages):
            stage.pipe, stage.pass_on = self, push
            push = stage.push
        self._first = push

    def push(self, item: Item) -> None:
        """Take bytes apart, or let the end pass behind what of a message has come."""
        if self._frames is not None and isinstance(item, bytes):
            pieces = self._frames.feed(item)
            if len(pieces) == 1:  # as mostly
                self._first(pieces[0])
            else:
                self._pass_through(pieces)
        elif isinstance(item, bytes):
            self._pass_through(self._splitter.feed(self._direction, item))
            self.on_fed()
            self._say_facts()
            if self._splitter.frames is not None:
                self._frames = self._splitter.frames[self._direction]
        else:
            self._pass_kept()
            self._first(item)

    def _pass_kept(self) -> None:
        """Let what has come of a message that is not whole pass as it is."""
        kept = self._splitter.take_kept(self._direction)
        if kept:
            self._pass_through((kept,))

    def _say_facts(self) -> None:
        for direction, fact in self._splitter.facts:
            self._note(fact, direction)
        self._splitter.facts.clear()

    def pass_released(self) -> None:
        """Take what the other direction has set free."""
        pieces = self._splitter.released(self._direction)
        if pieces:
            self._pass_through(pieces)
        self._answer_in_turn()

    def _pass_through(self, pieces: Sequence[Piece]) -> None:
        """Let pieces pass through the stages; what leaves them at once is written at once."""
        if len(pieces) == 1:
            self._first(pieces[0])
            return
        self._together = []
        for piece in pieces:
            self._first(piece)
        self.flush()
        self._together = None
        self._answer_in_turn()

    def flush(self) -> None:
        """Write what has left."""
        if self._together:
            data, self._together = b"".join(self._together), []
            if not self._is_dropped:
                self.pass_on(data)

    def _answer_in_turn(self) -> None:
        """Have refused requests answered, once those before them have their answers."""
        while self._refused and not self._is_dropped:
            message = self._refused[0].message
            assert message is not None  # it is at the end that a request is answered
            if not self._splitter.awaits_next(message):
                return
            self.on_refused(self._refused.popleft().answer)

    def _leave(self, item: Passing) -> None:
        if isinstance(item, Unit):
            if item.fate or item.attachments:
                self._announce(item)
                if item.fate == "dropped":
                    return
                item = item.data
            else:
                stop, frames = item.stop, item.frames
                item = frames[0] if len(frames) == 1 else item.data
                if self._is_in_step and stop - len(item) == self._left:  # as mostly
                    self._left = stop
                else:
                    self._expect(stop, len(item))
        elif isinstance(item, PolledBody):
            if self.on_emptied is not None and item.is_empty:
                if self._splitter.awaits_only(item.message):
                    self._announce_body(item, 0)
                    self.on_emptied(item)
                    return
                self._note(PIPELINED, self._direction)
                item = item.as_it_came
            self._announce_body(item, len(item))
            item = item.data
        elif isinstance(item, HttpPart):
            self._announce_part(item)
            if not item.data:
                if self._together is None:
                    self._answer_in_turn()
                return
            item = item.data
        elif isinstance(item, Stretch):
            self._expect(item.stop, len(item))
        if self._together is None:
            if not self._is_dropped:
                self.pass_on(item)
        elif isinstance(item, bytes):
            self._together.append(item)
        else:
            self.flush()
            self.pass_on(item)

    def _announce_part(self, part: HttpPart) -> None:
        """Tell the record what leaves next, and at the end of a message, what was done to it."""
        self._http_fate = part.fate or self._http_fate
        if part.message is not None:
            if self._http_fate and self._way.passage is not None:
                self._way.passage.mark(part.stop, self._http_fate)
            self._http_fate = ""
            if part.answer:
                self._refused.append(part)
        self._expect(part.stop, len(part))

    def _announce_body(self, body: PolledBody, size: int) -> None:
        """Tell the record which body leaves next, and what was done to it."""
        if body.fate and self._way.passage is not None:
            self._way.passage.mark(body.stop, body.fate)
        self._expect(body.stop, size)

    def _announce(self, unit: Unit) -> None:
        """Tell the record which messages leave next, and what was done to them."""
        for message in (unit, *unit.attachments):
            if message.fate and self._way.passage is not None:
                self._way.passage.mark(message.stop, message.fate)
            self._expect(message.stop, sum(map(len, message.frames)))

    @property
    def is_full(self) -> bool:
        """Whether a fault holds so much that nobody should read on."""
        return any(stage.is_full for stage in self.stages)

    def held_changed(self) -> None:
        """Look again at how much the stages hold."""
        self.held = sum(stage.held for stage in self.stages)
        self.pipe.held_changed()

    def release(self) -> None:
        """Pass on everything that waits here, in order."""
        for stage in self.stages:
            stage.release()
        self._pass_kept()

    def drop(self) -> None:
        """Forget everything that waits here: both sides are closed."""
        self._is_dropped = True
        for stage in self.stages:
            stage.drop()
        self.held = 0


def _do_nothing() -> None: ...


def _ignore(answer: bytes) -> None: ...
