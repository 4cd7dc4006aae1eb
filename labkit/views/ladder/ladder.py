"""The ladder: a space-time diagram of what crossed some links, as inline SVG.

Each participant has a life line, time runs downward. An arrow is a message; its pattern, not only
its colour, tells its kind. The rows stand in the order in which the links saw them, at equal
distances: the same picture in each run. With `times` it also tells when each passed the link, and
where nothing happened for a while.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labkit.links import Link
from labkit.protocols.messages import Message
from labkit.trace.layers import hide_sids
from labkit.trace.rows import Row, steady
from labkit.untrusted import html_text, plain_text, xml_text
from labkit.views.shared.drawing import BOLD, WIDTH, drawing, drawing_styles, figure, shortened

STEP = 30
"""Pixels between two arrows."""

SLANT = 9
"""Pixels by which an arrow's head lies below its tail: a message takes time."""

MARGIN = 90
"""Pixels left and right of the outer life lines."""

GAP = 250
"""Pixels between two life lines, at least."""

SILENCE = 0.5
"""Seconds without an arrow that are told where times are."""

AIR = 8
"""Pixels between a label and a life line, at least."""

CROSS = 6
"""Pixels from the middle of a cross to its ends."""

AT_MOST = 200
"""Arrows of one ladder; of more, the last are drawn."""

MAX_PACKET_SHOWN = 20
"""Characters of a packet that stand on an arrow, beside what it means."""

SPEAK_FOR_THEMSELVES = ("text", "event", "ack", "attachment")
"""Kinds that are not told on an arrow, for their content tells as much."""

STYLES = drawing_styles("views/ladder/ladder.css")


_NO_HEARTBEATS = (
    "<figcaption>Heartbeats (ping, pong) are hidden: heartbeats=True shows them.</figcaption>"
)


@dataclass(frozen=True)
class Arrow:
    """One row of a ladder, between the life lines of a client and of its server."""

    row: Row
    client: str
    server: str

    @property
    def pattern(self) -> str:
        """How it is drawn: as "http", "control", "broken", "fact" or plain ("data")."""
        if self.row.is_fact:
            return "fact"
        if self.row.kind == "garbage":
            return "broken"
        if self.row.kind in ("request", "response"):
            return "http"
        return "control" if self.row.kind in ("ping", "pong", "close") else "data"

    @property
    def ends(self) -> tuple[str, str]:
        """From whom to whom."""
        if self.row.direction == "downstream":
            return self.server, self.client
        return self.client, self.server

    @property
    def label(self) -> str:
        """What stands on it."""
        content = self.row.content
        if isinstance(self.row.decoded, Message) and self.row.decoded.close_code is not None:
            content = f"{int(self.row.decoded.close_code)} {self.row.decoded.close_reason}".strip()
        if packet := self._packet:
            words = f"{self.row.kind} {content.removeprefix('Engine.IO').strip()}".strip()
            return plain_text(f"{packet} ({words})")
        if self.pattern == "http" or self.row.kind in SPEAK_FOR_THEMSELVES:
            return plain_text(content)
        return plain_text(f"{self.row.kind} {content}".strip())

    @property
    def _packet(self) -> str:
        """An Engine.IO packet as it crossed, for example "2probe"; "" for events and all else."""
        message = self.row.decoded
        if not isinstance(message, Message) or message.kind != "text":
            return ""
        if self.row.kind in SPEAK_FOR_THEMSELVES or self.row.kind == "garbage":
            return ""
        text = hide_sids(message.text)
        return text if len(text) <= MAX_PACKET_SHOWN else f"{text[:MAX_PACKET_SHOWN]}…"

    def __str__(self) -> str:
        if self.row.is_fact:
            why = f": {self.row.content}" if self.row.content else ""
            return plain_text(f"· {self.row.kind}{why} ({self.client})")
        source, target = self.ends
        wrong = f" ! {self.row.problem}" if self.row.problem else ""
        arrow = "-x" if self.pattern == "broken" else "->"
        told = f"{source} {arrow} {target}: {self.row.kind} {self.row.content}{wrong}"
        return plain_text(told.rstrip())


class Ladder:
    """A space-time diagram of what crossed some links until now.

    Parameters
    ----------
    links
        The links, in the order of their life lines.
    servers
        For each link the name of the server behind it.
    heartbeats
        Whether to show pings and pongs; how many there are depends on how long it took.
    times
        Whether to tell the times, in seconds since the first arrow.
    """

    def __init__(
        self,
        links: Sequence[Link],
        servers: Sequence[str],
        heartbeats: bool = False,
        times: bool = False,
    ) -> None:
        kept = [link.trace.rows() for link in links]
        found = [
            Arrow(row, link.name, server)
            for link, server, rows in zip(links, servers, kept, strict=True)
            for row in steady(rows, heartbeats)
        ]
        found.sort(key=lambda arrow: arrow.row.time)
        self.earlier = max(0, len(found) - AT_MOST) + sum(rows.dropped for rows in kept)
        self.arrows = found[-AT_MOST:]
        self.heartbeats = heartbeats
        self.times = times
        self.people = [link.name for link in links]
        self.servers = list(dict.fromkeys(servers))

    def __repr__(self) -> str:
        return "\n".join(self._lines()) or "nothing crossed"

    def _lines(self) -> list[str]:
        earlier = [f"({self.earlier} earlier)"] if self.earlier else []
        if not self.times:
            return [*earlier, *map(str, self.arrows)]
        return [*earlier, *(f"{self._since(arrow):8.3f} s  {arrow}" for arrow in self.arrows)]

    def _since(self, arrow: Arrow) -> float:
        return arrow.row.time - self.arrows[0].row.time

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{html_text(line)}</li>" for line in self._lines())
        hidden = "" if self.heartbeats else _NO_HEARTBEATS
        listed = f"<details><summary>The same as a list</summary><ol>{items}</ol></details>"
        return figure("lk-ladder", self.svg, self.title, f"{hidden}{listed}")

    @property
    def title(self) -> str:
        """What the drawing is of."""
        return plain_text(f"What crossed between {', '.join([*self.people, *self.servers])}")

    @property
    def _gap(self) -> int:
        gaps = len(self.people) + len(self.servers) - 1
        return max(GAP, (WIDTH - 2 * MARGIN) // gaps)

    @property
    def svg(self) -> str:
        """The drawing, with a title and a description for those who do not see it."""
        names = [*self.people, *self.servers]
        gap = self._gap
        xs = [MARGIN + gap * n for n in range(len(names))]
        clients = dict(zip(self.people, xs, strict=False))
        servers = dict(zip(self.servers, xs[len(self.people) :], strict=True))
        width = 2 * MARGIN + gap * (len(names) - 1)
        height = 70 + STEP * max(1, len(self.arrows)) + 20
        parts: list[str] = []
        for number, (name, x) in enumerate(zip(names, xs, strict=True)):
            role = "" if number < len(self.people) else "server "
            told = shortened(plain_text(role + name), (gap - 2 * AIR) / BOLD)
            parts.append(f'<text class="who" x="{x}" y="22">{xml_text(told)}</text>')
            parts.append(f'<line class="life" x1="{x}" y1="32" x2="{x}" y2="{height - 8}"/>')
        for number, arrow in enumerate(self.arrows):
            y = 56 + STEP * number
            parts += self._drawn(arrow, y, clients[arrow.client], servers[arrow.server])
            if self.times:
                parts += self._timed(number, y)
        told = f"{len(self.arrows)} rows, oldest on top. The list below says the same."
        return drawing(width, height, self.title, told, STYLES, parts)

    def _timed(self, number: int, y: int) -> list[str]:
        """Tell when an arrow passed, and the silence before it."""
        since = self._since(self.arrows[number])
        parts = [f'<text class="time" x="4" y="{y + 4}">{since:.3f} s</text>']
        silence = since - self._since(self.arrows[number - 1]) if number else 0.0
        if silence > SILENCE:
            told = f"⋮ {silence:.1f} s of silence"
            parts.append(f'<text class="time" x="4" y="{y - 12}">{told}</text>')
        return parts

    def _drawn(self, arrow: Arrow, y: int, client: int, server: int) -> list[str]:
        down = arrow.row.direction == "downstream"
        source, target = (server, client) if down else (client, server)
        middle = (source + target) / 2
        room = abs(target - source) - 2 * AIR
        if arrow.pattern == "fact":
            beside = CROSS + AIR
            label = xml_text(shortened(arrow.label, (room - CROSS) / BOLD))
            return [
                f'<line class="fact" x1="{client}" y1="{y}" x2="{server}" y2="{y}"/>',
                f'<path class="mark" d="{_cross(client, y)}"/>',
                f'<text class="label mark" x="{client + beside}" y="{y + 4}">{label}</text>',
            ]
        label = xml_text(shortened(arrow.label, room))
        sign = 1 if target > source else -1
        end: float = target
        foot: float = y + SLANT
        if arrow.pattern == "broken":  # between two life lines, or it would seem to reach somebody
            end -= sign * self._gap / 2
            foot = y + SLANT * (end - source) / (target - source)
        head = (
            _cross(end, foot)
            if arrow.pattern == "broken"
            else f"M{end - 9 * sign},{foot - 6} L{end},{foot} L{end - 9 * sign},{foot + 4}"
        )
        return [
            f'<line class="arrow {arrow.pattern}" x1="{source}" y1="{y}" x2="{end}" y2="{foot}"/>',
            f'<path class="arrow {arrow.pattern} head" d="{head}"/>',
            f'<text class="label" x="{middle}" y="{y - 3}">{label}</text>',
        ]


def _cross(x: float, y: float) -> str:
    return (
        f"M{x - CROSS},{y - CROSS} L{x + CROSS},{y + CROSS} "
        f"M{x + CROSS},{y - CROSS} L{x - CROSS},{y + CROSS}"
    )
