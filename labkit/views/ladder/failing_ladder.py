"""The ladder of the smallest failing part: the events that prove a finding, as inline SVG."""

from __future__ import annotations

from labkit.delivery.event import Event
from labkit.delivery.failing_part import failing_part, what_is_missing
from labkit.delivery.finding import Finding
from labkit.untrusted import html_text, plain_text, xml_text
from labkit.views.ladder.shapes import (
    AIR,
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
    """A space-time diagram of the events that prove a finding, and of what did not come.

    It has no times and no positions, and so is the same in each run that fails alike.

    Parameters
    ----------
    finding
        What is drawn.
    """

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        people = dict.fromkeys([*(row.client for row in finding.rows), finding.receiver])
        self.people = sorted(filter(None, people), key=lambda name: name != finding.sender)

    def __repr__(self) -> str:
        return plain_text(failing_part(self.finding), lines=True)

    def _repr_html_(self) -> str:
        said, *lines = repr(self).splitlines()
        items = "".join(f"<li>{html_text(' '.join(line.split()))}</li>" for line in lines)
        listed = f"<details><summary>The same as a list</summary><ol>{items}</ol></details>"
        texts = f"<figcaption>{html_text(said)}</figcaption>{listed}"
        return figure("lk-ladder", self.svg, self.title, texts)

    @property
    def title(self) -> str:
        """What the drawing is of."""
        return plain_text(self.finding.sentence)

    @property
    def svg(self) -> str:
        """The drawing, with a title and a description for those who do not see it."""
        names = [*self.people, SERVER]
        gap = max(GAP, (WIDTH - 2 * MARGIN) // (len(names) - 1))
        xs = [MARGIN + gap * number for number in range(len(names))]
        places = dict(zip(self.people, xs, strict=False))
        missing = what_is_missing(self.finding)
        steps = len(self.finding.rows) + (missing is not None)
        height = ladder_height(steps)
        parts: list[str] = []
        for name, x in zip(names, xs, strict=True):
            parts += life_line(name, x, height, gap)
        for step, row in enumerate(self.finding.rows):
            parts += self._row(row, step, places[row.client], xs[-1], gap)
        if missing is not None:
            client, words = missing
            parts += _broken(steps - 1, xs[-1], places[client], gap, f"{client} {words}")
        told = "The events that prove it, oldest on top. The list below says the same."
        return drawing(MARGIN + xs[-1], height, self.title, told, STYLES, parts)

    def _row(self, row: Event, step: int, client: int, server: int, gap: int) -> list[str]:
        y = step_height(step)
        if row.kind == "failed":
            return _broken(step, client, server, gap, row.words)
        if row.kind == "ended":
            return mark(client, y, row.words, gap - 2 * AIR)
        if row.kind not in (*_UP, *_DOWN):
            return _label(client + AIR, y + 4, row.words, gap - 2 * AIR, "label note")
        source, target = (client, server) if row.kind in _UP else (server, client)
        sign = 1 if target > source else -1
        line = arrow_line("data", (source, y), (target, y + SLANT), tip(target, y + SLANT, sign))
        said = row.message if row.kind != "ack" else f"ack {row.message}"
        return line + _label(client + gap / 2, y - 3, said, gap - 2 * AIR)


def _broken(step: int, source: int, target: int, gap: int, words: str) -> list[str]:
    """Return an arrow that ends before it reaches anybody, and what it would have been."""
    y, sign = step_height(step), 1 if target > source else -1
    end = target - sign * gap / 2
    foot = y + SLANT * (end - source) / (target - source)
    label = _label(end, y - 9, words, 2 * gap - 2 * AIR)
    return arrow_line("broken", (source, y), (end, foot), cross(end, foot)) + label


def _label(x: float, y: float, words: str, room: float, kind: str = "label") -> list[str]:
    return [f'<text class="{kind}" x="{x}" y="{y}">{xml_text(shortened(words, room))}</text>']
