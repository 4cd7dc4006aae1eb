"""The rows of a trace: one for each message, control frame and fact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, overload

from labkit.protocols.http1 import HttpMessage
from labkit.protocols.messages import Message
from labkit.protocols.streamed import StreamedBlock, StreamEnd
from labkit.trace.layers import Layer
from labkit.trace.opened import Opened
from labkit.trace.passage import Fate, Left, Passage
from labkit.untrusted import html_text, plain_text

ARROWS = {"upstream": "→", "downstream": "←", "": "·"}
"""The directions as they are drawn."""

FATES: dict[Fate, str] = {
    "passed": "",
    "held": "held in the link",
    "lost": "never left the link",
    "dropped": "dropped in the link",
    "duplicated": "sent twice by the link",
    "altered": "altered in the link",
}
"""What a row says of its fate."""

HEARTBEATS = ("ping", "pong", "heartbeat")
"""The kinds of heartbeats."""


@dataclass(slots=True)
class Poll:
    """A request of a chat that listens for messages; its row and that of its answer share it.

    Attributes
    ----------
    is_stream
        Whether it is answered by an event stream.
    brought
        Whether its answer brought something; None as long as there is none.
    """

    is_stream: bool
    brought: bool | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One thing that crossed a link, or happened to a connection.

    Attributes
    ----------
    number
        Counts the rows of the trace from 1.
    time
        Seconds of `time.perf_counter`, when its last byte passed.
    connection
        Number of the connection on its link.
    direction
        "upstream", "downstream", or "" for a fact that neither side caused.
    kind
        "request", "response", "text", "binary", "ping", "pong", "close", "opened", "cut", ...; for
        Socket.IO the kind of its packet; of an event stream "event", "heartbeat", "retry",
        "cursor", "comment", "lost" or "end"; "garbage" for what could not be decoded.
    size
        Bytes on the wire, 0 for a fact.
    content
        One line about it.
    payload
        The content of a message, without headers; of HTTP the body; of garbage its first bytes.
    problem
        What is wrong with it, "" if nothing is.
    decoded
        The decoded message; None for facts and garbage.
    link
        Name of the link on which it was recorded.
    packets
        Of a request or response of polling, the kinds of the packets in it.
    stop
        Of a message, the offset behind its last byte in its direction of the connection.
    poll
        Of a request that listens, or of its answer, what both share; None of all else.
    """

    number: int
    time: float
    connection: int
    direction: Literal["upstream", "downstream", ""]
    kind: str
    size: int
    content: str
    payload: bytes = b""
    problem: str = ""
    decoded: HttpMessage | Message | StreamedBlock | StreamEnd | None = None
    link: str = ""
    stop: int = 0
    packets: tuple[str, ...] = ()
    _passage: Passage | None = field(default=None, repr=False)
    _layers: Callable[[], tuple[Layer, ...]] = field(default=tuple, repr=False)
    poll: Poll | None = field(default=None, repr=False)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Its layers, from the application's event down to the bytes."""
        return self._layers()

    @property
    def fate(self) -> Fate:
        """What became of it in the link: "passed", unless a fault did something to it."""
        return self._left.fate

    @property
    def left(self) -> float | None:
        """When its last byte left the link, None if it has not; see `time`, when it entered."""
        return self._left.time

    @property
    def _left(self) -> Left:
        if self._passage is None:
            return Left("passed", self.time)
        return self._passage.look_up(self.stop, self.time)

    @property
    def is_fact(self) -> bool:
        """Whether something happened, rather than bytes crossed."""
        return not self.size

    @property
    def is_heartbeat(self) -> bool:
        """Whether it is one; ping and pong of Engine.IO's upgrade are none."""
        return self.kind in HEARTBEATS and self.content != "Engine.IO probe"

    @property
    def is_idle(self) -> bool:
        """Whether it passed and brought nothing: a poll, its answer, a cursor that came alone."""
        is_idle_poll = self.is_polled and not (self.poll and self.poll.brought)
        return (is_idle_poll or self.kind == "cursor") and self.fate == "passed"

    @property
    def is_polled(self) -> bool:
        """Whether it belongs to a poll."""
        return self.poll is not None and not self.poll.is_stream

    @property
    def arrow(self) -> str:
        """Its direction as an arrow, with the client on the left."""
        return ARROWS[self.direction]

    @property
    def notes(self) -> str:
        """What is wrong with it, and what a fault did to it, to stand behind its content."""
        wrong = f"  ! {self.problem}" if self.problem else ""
        fate = FATES[self.fate]
        return f"{wrong}  ({fate})" if fate else wrong

    def __repr__(self) -> str:
        size = f"{self.size} B" if self.size else ""
        line = f"{self.arrow} {self.kind:<12} {size:>9}  {self.content}{self.notes}"
        return plain_text(line.rstrip())

    def open(self) -> Opened:
        """Return the row with its layers, which shows each of them."""
        return Opened(f"{self.arrow} {self.kind}", self.size, self.problem, repr(self), self.layers)


class Rows(Sequence[Row]):
    """Several rows, which print as a table without times, the same in each run.

    Heartbeats, and what brought nothing (polls, cursors), are left out, unless there is nothing
    else; the sequence has them all.

    Those of several links are merged into one time line by adding them:
    ``alice.link.trace.rows() + bob.link.trace.rows()``.

    Parameters
    ----------
    rows
        The rows, in their order.
    dropped
        How many earlier rows are no longer kept.
    kinds
        The kinds that were searched; shown where no row matches.
    """

    def __init__(self, rows: list[Row], dropped: int = 0, kinds: Sequence[str] = ()) -> None:
        self._rows = rows
        self.dropped = dropped
        self._kinds = kinds

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Rows: ...
    def __getitem__(self, index: int | slice) -> Row | Rows:
        if isinstance(index, slice):
            return Rows(self._rows[index], self.dropped)
        return self._rows[index]

    def __len__(self) -> int:
        return len(self._rows)

    def __add__(self, other: Rows) -> Rows:
        merged = sorted([*self._rows, *other], key=lambda row: row.time)
        return Rows(merged, self.dropped + other.dropped)

    @property
    def links(self) -> list[str]:
        """Names of the links from which the rows are, in the order of their first rows."""
        return list(dict.fromkeys(row.link for row in self._rows))

    def __repr__(self) -> str:
        rows = self._unfolded
        names = {link: plain_text(link) for link in self.links}
        width = max(map(len, names.values())) if len(names) > 1 else 0
        lines = (f"{names[row.link]:<{width}}  {row!r}" if width else repr(row) for row in rows)
        return "\n".join([*self._first(), *lines]) or self._nothing()

    def _repr_html_(self) -> str:
        if not self._rows:
            return f"<p>{html_text(self._nothing())}</p>"
        several = len(self.links) > 1
        columns = ("link", *_COLUMNS) if several else _COLUMNS
        heads = "".join(f'<th scope="col" style="text-align:left">{name}</th>' for name in columns)
        lines = "".join(_line(row, several) for row in self._unfolded)
        notes = "".join(f"<p>{text}</p>" for text in self._first())
        return (
            f"{notes}<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{lines}</tbody>\n</table>"
        )

    def _nothing(self) -> str:
        if not self._kinds:
            return "nothing crossed"
        return f"no row matches; the kinds of those that crossed: {', '.join(self._kinds)}"

    @property
    def _unfolded(self) -> list[Row]:
        return steady(self._rows, facts=True) or self._rows

    def _first(self) -> list[str]:
        folds = bool(steady(self._rows, facts=True))
        hidden = sum(row.is_heartbeat for row in self._rows) if folds else 0
        idle = idle_words(self._rows) if folds else ""
        heartbeats = "heartbeat" if hidden == 1 else "heartbeats"
        return [
            *([f"({self.dropped} earlier rows were dropped)"] if self.dropped else []),
            *([f"({hidden} {heartbeats} hidden)"] if hidden else []),
            *([f"({idle} are hidden)"] if idle else []),
        ]


_COLUMNS = ("", "direction", "kind", "bytes", "content")


def _cells(row: Row) -> tuple[str, ...]:
    """Return the cells of a row's line, as HTML."""
    wrong = f" (! {row.problem})" if row.problem else ""
    fate = FATES[row.fate]
    size = str(row.size) if row.size else ""
    content = f"{row.content}{wrong} ({fate})" if fate else row.content + wrong
    return row.arrow, row.direction, html_text(row.kind), size, html_text(content)


def _line(row: Row, named: bool) -> str:
    texts = (html_text(row.link), *_cells(row)) if named else _cells(row)
    cells = "".join(f'<td style="text-align:left">{text}</td>' for text in texts)
    return f"<tr>{cells}</tr>\n"


def idle_words(rows: Sequence[Row], *before: str) -> str:
    """Say what is hidden of some rows, behind other words; how much depends on timing."""
    words = [*before]
    words += ["polls that brought nothing"] if any(row.is_polled for row in rows) else []
    words += ["cursors that came alone"] if any(row.kind == "cursor" for row in rows) else []
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def steady(rows: Sequence[Row], heartbeats: bool = False, facts: bool = False) -> list[Row]:
    """Leave out rows that depend on timing.

    Parameters
    ----------
    rows
        The rows.
    heartbeats
        Whether to leave heartbeats in, and what brought nothing.
    facts
        Whether to leave the steps of opening and closing in.
    """
    return [
        row
        for row in rows
        if (facts or row.kind not in ("opened", "half-closed", "closed"))
        and (heartbeats or not (row.is_heartbeat or row.is_idle))
    ]
