"""The ladder: a space-time diagram of what crossed some links, as inline SVG.

Each participant has a life line, time runs downward. An arrow is a message; its pattern, not only
its colour, tells its kind. The rows stand in the order in which the links saw them, at equal
distances: the same picture in each run. With `times` it also tells when each passed the link, and
where nothing happened for a while.
"""

from __future__ import annotations

from collections.abc import Sequence

from labkit.links import Link
from labkit.trace.rows import idle_words, steady
from labkit.untrusted import html_text, plain_text, xml_text
from labkit.views.ladder.arrow import Arrow
from labkit.views.ladder.ranks import Placed, place
from labkit.views.ladder.shapes import (
    AIR,
    GAP,
    MARGIN,
    SLANT,
    STEP,
    arrow_line,
    bar,
    cross,
    ladder_height,
    life_line,
    mark,
    step_height,
    tip,
)
from labkit.views.shared.drawing import (
    WIDTH,
    drawing,
    drawing_styles,
    figure,
    shortened,
    text_width,
)

SILENCE = 0.5
"""Seconds without an arrow that are told where times are."""

AT_MOST = 200
"""Arrows of one ladder; of more, the last are drawn."""

STYLES = drawing_styles("views/ladder/ladder.css")


_HIDDEN = "<figcaption>{}, if any, are hidden: heartbeats=True shows them.</figcaption>"


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
            Arrow(row, link.name, server, row.fate, row.left)
            for link, server, rows in zip(links, servers, kept, strict=True)
            for row in steady(rows, heartbeats)
        ]
        hidden = idle_words([row for rows in kept for row in rows], "Heartbeats")
        self._hidden = hidden if "and" in hidden else "Heartbeats (ping, pong)"
        found.sort(key=lambda arrow: arrow.row.time)
        self.earlier = max(0, len(found) - AT_MOST) + sum(rows.dropped for rows in kept)
        self.arrows = found[-AT_MOST:]
        self._placed, self._steps = place(self.arrows)
        self.heartbeats = heartbeats
        self.times = times
        self.people = [link.name for link in links]
        self.servers = list(dict.fromkeys(servers))

    def __repr__(self) -> str:
        return "\n".join(self._lines()) or "nothing crossed"

    def _lines(self) -> list[str]:
        earlier = [f"({self.earlier} earlier)"] if self.earlier else []
        if not self.times:
            return [*earlier, *map(str, self._placed)]
        lines = (f"{self._since(each.arrow):8.3f} s  {each}" for each in self._placed)
        return [*earlier, *lines]

    def _since(self, arrow: Arrow) -> float:
        return arrow.row.time - self.arrows[0].row.time

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{html_text(line)}</li>" for line in self._lines())
        hidden = "" if self.heartbeats else _HIDDEN.format(self._hidden)
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
        height = ladder_height(self._steps)
        parts: list[str] = []
        for number, (name, x) in enumerate(zip(names, xs, strict=True)):
            role = "" if number < len(self.people) else "server "
            parts += life_line(role + name, x, height, gap)
        for number, placed in enumerate(self._placed):
            client, server = clients[placed.arrow.client], servers[placed.arrow.server]
            parts += self._drawn(placed, client, server)
            if self.times:
                parts += self._timed(number, step_height(placed.tail))
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

    def _drawn(self, placed: Placed, client: int, server: int) -> list[str]:
        arrow, y = placed.arrow, step_height(placed.tail)
        room: float = abs(server - client) - 2 * AIR
        if arrow.pattern == "fact":
            line = f'<line class="fact" x1="{client}" y1="{y}" x2="{server}" y2="{y}"/>'
            return [line, *mark(client, y, arrow.label, room)]
        down = arrow.row.direction == "downstream"
        source, target = (server, client) if down else (client, server)
        end, foot, head = self._end(placed, source, target)
        beside = 0.5  # where on the line the label is
        shown = shortened(arrow.label, room if placed.head is None else 0.6 * room)
        if placed.head is not None:  # near the tail, above what stands a step below
            right = (text_width(shown) / 2 + AIR) / abs(target - source)
            beside = min(0.3, max(right, 0.4 * STEP / (foot - y)))
        label = xml_text(shown)
        x, slope = source + beside * (target - source), (foot - y) / (end - source)
        above = y - 3 + (slope * (x - source) if placed.head is not None else 0)
        return [
            *arrow_line(arrow.pattern, (source, y), (end, foot), head),
            f'<text class="label" x="{x}" y="{above}">{label}</text>',
        ]

    def _end(self, placed: Placed, source: int, target: int) -> tuple[float, float, str]:
        """Return where an arrow ends, and the path of its head."""
        y, sign = step_height(placed.tail), 1 if target > source else -1
        if placed.arrow.pattern in ("broken", "held"):
            # between two life lines, or it would seem to reach somebody
            end = target - sign * self._gap / 2
            below = y + SLANT * (end - source) / (target - source)
            is_held = placed.arrow.pattern == "held"
            return end, below, bar(end, below) if is_held else cross(end, below)
        foot = SLANT + step_height(placed.tail if placed.head is None else placed.head)
        return target, foot, tip(target, foot, sign)
