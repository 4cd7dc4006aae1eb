"""Where message faults act on a connection: a lane in each pipe, in front of all byte faults.

::

    record --> [ splitter --> (stages) --> joined up ] --> (stages of byte faults) --> destination

The lanes take the bytes of both directions apart with one splitter, since the handshake is in both,
and put together what the faults let pass. Their place is right behind the record: so what entered
is what was recorded, and a splitter can begin in the middle of a connection, by its record. A
connection without message faults has no lanes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from labkit.faults.message_fault import MessageFault
from labkit.links.fault_stage import Passing, UnitStage
from labkit.links.pipe import Pipe
from labkit.links.stage import Stage
from labkit.protocols.directions import DIRECTIONS, Direction
from labkit.protocols.frame_splitter import FrameSplitter
from labkit.protocols.polled import PolledBody, answer_in_place_of_server
from labkit.protocols.splitter import Piece, Splitter
from labkit.protocols.stream import Item
from labkit.protocols.units import Stretch, Unit

ANSWERED = "a request of polling lost all its packets: the link answers it"
PIPELINED = "a request of polling keeps its packets, since another one waits for an answer"

IN_HTTP = (
    "it carries messages as events of a stream, or in JSON, and faults on messages act only on "
    "WebSocket and Engine.IO. Faults on bytes act on it, such as Latency, BlackHole and Reset"
)
"""Why no fault on messages acts on a connection of a chat over HTTP."""


class MessageLanes:
    """The lanes of one connection.

    Parameters
    ----------
    pipes
        In which they are put.
    make_splitter
        Returns a splitter that begins behind what was recorded.
    note
        Records a fact about the connection.
    """

    def __init__(
        self,
        pipes: Mapping[Direction, Pipe],
        make_splitter: Callable[[], Splitter],
        note: Callable[[str, Direction], None],
    ) -> None:
        self._pipes = pipes
        self._note = note
        self._make_splitter = make_splitter
        self._splitter: Splitter | None = None
        self._lanes: dict[Direction, Lane] = {}

    def find_obstacle(self, fault: MessageFault, directions: tuple[Direction, ...]) -> str:
        """Return why a fault cannot act on the connection as it is now, "" if it can."""
        splitter = self._splitter or self._make_splitter()
        if splitter.carries_untouched:
            return IN_HTTP
        agreed = splitter.agreed
        if agreed is None or splitter.is_idle:  # what it carried once is over
            return ""
        return next(filter(None, (fault.find_obstacle(agreed[each]) for each in directions)), "")

    def add(self, direction: Direction, stage: UnitStage, *, first: bool = False) -> None:
        """Let a message fault act, behind all others, or put what counts in front of them."""
        if self._splitter is None:
            self._splitter = splitter = self._make_splitter()
            up, down = (Lane(splitter, self._pipes[each], self._note) for each in DIRECTIONS)
            up.on_fed, down.on_fed = down.pass_released, up.pass_released
            up.on_emptied = self._answer
            self._lanes = {"upstream": up, "downstream": down}
            for lane in self._lanes.values():
                lane.open()
        self._lanes[direction].add(stage, first=first)

    def flush(self, direction: Direction) -> None:
        """Let go on what has left the lane, and waits for what leaves together with it."""
        self._lanes[direction].flush()

    def _answer(self, body: PolledBody) -> None:
        """Answer a request in the server's place."""
        self._note(ANSWERED, "upstream")
        self._pipes["downstream"].inject(answer_in_place_of_server(body.message))

    def remove(self, direction: Direction, stage: UnitStage) -> None:
        """Let a message fault act no more: what it holds passes on."""
        self._lanes[direction].remove(stage)
        if not any(lane.stages for lane in self._lanes.values()):
            for each, lane in self._lanes.items():
                self._pipes[each].remove(lane)
            self._splitter, self._lanes = None, {}


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
    """

    def __init__(
        self, splitter: Splitter, way: Pipe, note: Callable[[str, Direction], None]
    ) -> None:
        self.stages: list[UnitStage] = []
        self.on_fed: Callable[[], None] = _do_nothing
        self.on_emptied: Callable[[PolledBody], None] | None = None
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
            self._pass_through(self._frames.feed(item))
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

    def flush(self) -> None:
        """Write what has left."""
        if self._together:
            data, self._together = b"".join(self._together), []
            if not self._is_dropped:
                self.pass_on(data)

    def _leave(self, item: Passing) -> None:
        if isinstance(item, Unit):
            stop, is_plain, data = item.stop, not (item.fate or item.attachments), item.data
            if is_plain:
                self._expect(stop, len(data))
            else:
                self._announce(item)
                if item.fate == "dropped":
                    return
            item = data
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
