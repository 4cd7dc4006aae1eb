"""The ladder of the smallest failing part: what happened, and what did not, as inline SVG."""

from __future__ import annotations

from labkit.delivery.event import STORE, Event
from labkit.delivery.failing_part import FailingPart, Missing
from labkit.untrusted import html_text, plain_text, xml_text
from labkit.views.ladder.shapes import (
    AIR,
    CROSS,
    GAP,
    MARGIN,
    SLANT,
    arrow_line,
    cross,
    ladder_height,
    life_line,
    mark,
    step_height,
    tip,
)
from labkit.views.shared.drawing import WIDTH, drawing, drawing_styles, figure, shortened

SERVER = "server"
"""The name on the last life line."""

STYLES = drawing_styles("views/ladder/ladder.css", "views/ladder/failing_ladder.css")

_UP = ("send", "failed")
"""Kinds of events that are arrows to the server."""

_DOWN = ("hear", "ack")
"""Kinds of events that are arrows from the server."""


class FailingLadder:
    """A space-time diagram of a failing part: what happened, and what did not come.

    It has no times and no positions, and so is the same in each run that fails alike. On the leg to
    a store, or from one, the store stands in the place of the server.

    Parameters
    ----------
    part
        What is drawn.
    """

    def __init__(self, part: FailingPart) -> None:
        self.part = part
        first, *_ = part.findings
        names = [each.client for each in part.events] + [each.receiver for each in part.findings]
        people = dict.fromkeys(name for name in names if name and name != STORE)
        self.people = sorted(people, key=lambda name: name != first.sender)
        self.last = STORE if STORE in names else SERVER

    def __repr__(self) -> str:
        return plain_text(str(self.part), lines=True)

    def _repr_html_(self) -> str:
        count = len(self.part.said)
        said, lines = repr(self).splitlines()[:count], repr(self).splitlines()[count:]
        items = "".join(f"<li>{html_text(' '.join(line.split()))}</li>" for line in lines)
        listed = f"<details><summary>The same as a list</summary><ol>{items}</ol></details>"
        texts = f"<figcaption>{'<br>'.join(map(html_text, said))}</figcaption>{listed}"
        return figure("lk-ladder", self.svg, self.title, texts)

    @property
    def title(self) -> str:
        """What the drawing is of."""
        return plain_text(" ".join(each.sentence for each in self.part.findings))

    @property
    def svg(self) -> str:
        """The drawing, with a title and a description for those who do not see it."""
        names = [*self.people, self.last]
        gap = max(GAP, (WIDTH - 2 * MARGIN) // (len(names) - 1))
        xs = [MARGIN + gap * number for number in range(len(names))]
        places = dict(zip(names, xs, strict=True))
        missing = self.part.missing
        height = ladder_height(len(self.part.events) + len(missing))
        parts: list[str] = []
        for name, x in zip(names, xs, strict=True):
            parts += life_line(name, x, height, gap)
        for step, row in enumerate(self.part.events):
            parts += self._row(row, step, places[row.client], xs[-1], gap)
        for step, one in enumerate(missing, len(self.part.events)):
            parts += self._missing(one, step, places[one.client], xs[-1], gap)
        told = "What happened, oldest on top. The list below says the same."
        return drawing(MARGIN + xs[-1], height, self.title, told, STYLES, parts)

    def _row(self, row: Event, step: int, client: int, server: int, gap: int) -> list[str]:
        y, room = step_height(step), gap - 2 * AIR
        if row.kind == "ended":
            return mark(client, y, row.words, room)
        if client == server:
            return _label(client - AIR, y + 4, row.words, room, "label lk-ladder-left")
        way = self.part.way(row) if row.kind == "send" else "arrives"
        if row.kind == "failed" or way == "may be lost":
            return _broken(step, client, server, gap, self.part.words(row))
        if row.kind not in (*_UP, *_DOWN) or way == "waits":
            return _label(client + AIR, y + 4, self.part.words(row), room, "label note")
        source, target = (client, server) if row.kind in _UP else (server, client)
        sign = 1 if target > source else -1
        line = arrow_line("data", (source, y), (target, y + SLANT), tip(target, y + SLANT, sign))
        said = row.message if row.kind != "ack" else f"ack {row.message}"
        return line + _label(client + gap / 2, y - 3, said, room)

    def _missing(self, what: Missing, step: int, client: int, server: int, gap: int) -> list[str]:
        y, room = step_height(step), gap - 2 * AIR
        if client == server:
            label = _label(client - CROSS - AIR, y + 4, what.words, room, "label lk-ladder-left")
            return [f'<path class="mark" d="{cross(client, y)}"/>', *label]
        if what.is_on_the_way_back:
            return _broken(step, server, client, gap, f"{what.client} {what.words}")
        return mark(client, y, what.words, room)


def _broken(step: int, source: int, target: int, gap: int, words: str) -> list[str]:
    """Return an arrow that ends before it reaches anybody, and what it would have been."""
    y, sign = step_height(step), 1 if target > source else -1
    end = target - sign * gap / 2
    foot = y + SLANT * (end - source) / (target - source)
    label = _label(end, y - 9, words, 2 * gap - 2 * AIR)
    return arrow_line("broken", (source, y), (end, foot), cross(end, foot)) + label


def _label(x: float, y: float, words: str, room: float, kind: str = "label") -> list[str]:
    return [f'<text class="{kind}" x="{x}" y="{y}">{xml_text(shortened(words, room))}</text>']
