"""Where faults act that understand messages, or HTTP: a lane in each pipe, before all byte faults.

::

    record --> [ splitter --> (stages) --> joined up ] --> (stages of byte faults) --> destination

The lanes take the bytes of both directions apart with one splitter, since the handshake is in both,
and put together what the faults let pass. Their place is right behind the record: so what entered
is what was recorded, and a splitter can begin in the middle of a connection, by its record. A
connection without such faults has no lanes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from labkit.faults.message_fault import MessageFault
from labkit.links.fault_stage import UnitStage
from labkit.links.lane import Lane
from labkit.links.pipe import Pipe
from labkit.protocols.directions import DIRECTIONS, Direction
from labkit.protocols.polled import PolledBody, answer_in_place_of_server
from labkit.protocols.splitter import Splitter

ANSWERED = "a request of polling lost all its packets: the link answers it"
IN_PLACE = "the link answers a request in the server's place"

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
        self._reads_http: dict[UnitStage, bool] = {}

    def find_obstacle(self, fault: MessageFault, directions: tuple[Direction, ...]) -> str:
        """Return why a fault cannot act on the connection as it is now, "" if it can."""
        splitter = self._splitter or self._make_splitter()
        if splitter.carries_untouched:
            return IN_HTTP
        agreed = splitter.agreed
        if agreed is None or splitter.is_idle:  # what it carried once is over
            return ""
        return next(filter(None, (fault.find_obstacle(agreed[each]) for each in directions)), "")

    def add(
        self,
        direction: Direction,
        stage: UnitStage,
        *,
        first: bool = False,
        reads_http: bool = False,
    ) -> None:
        """Let a fault act behind all others, or put what counts in front of them.

        Messages of HTTP come in parts if a stage reads them.
        """
        if self._splitter is None:
            self._splitter = splitter = self._make_splitter()
            up, down = (Lane(splitter, self._pipes[each], self._note) for each in DIRECTIONS)
            up.on_fed, down.on_fed = down.pass_released, up.pass_released
            up.on_emptied, up.on_refused = self._answer, self._answer_refused
            self._lanes = {"upstream": up, "downstream": down}
            for lane in self._lanes.values():
                lane.open()
        self._lanes[direction].add(stage, first=first)
        self._reads_http[stage] = reads_http
        self._on_stages(self._splitter)

    def _on_stages(self, splitter: Splitter) -> None:
        """Let the splitter do what the stages that are there need."""
        splitter.parts.is_on = any(self._reads_http.values())
        splitter.acts_on_messages = not all(self._reads_http.values())

    def flush(self, direction: Direction) -> None:
        """Let go on what has left the lane, and waits for what leaves together with it."""
        self._lanes[direction].flush()

    def _answer_refused(self, answer: bytes) -> None:
        self._note(IN_PLACE, "upstream")
        self._pipes["downstream"].inject(answer)
        self._close_if_unused()

    def _answer(self, body: PolledBody) -> None:
        """Answer a request in the server's place."""
        self._note(ANSWERED, "upstream")
        self._pipes["downstream"].inject(answer_in_place_of_server(body.message))

    def remove(self, direction: Direction, stage: UnitStage) -> None:
        """Let a fault act no more: what it holds passes on."""
        self._lanes[direction].remove(stage)
        self._reads_http.pop(stage, None)
        assert self._splitter is not None  # it is there as long as a stage stands in a lane
        self._on_stages(self._splitter)
        self._close_if_unused()

    def _close_if_unused(self) -> None:
        """Take the lanes away, unless a fault acts there, or a refused request has no answer."""
        if not any(lane.is_used for lane in self._lanes.values()):
            for each, lane in self._lanes.items():
                self._pipes[each].remove(lane)
            self._splitter, self._lanes = None, {}
