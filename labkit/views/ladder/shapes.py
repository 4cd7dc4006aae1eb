"""The shapes of a ladder: life lines, arrows from one to another, and marks on them, as SVG."""

from __future__ import annotations

from labkit.untrusted import plain_text, xml_text
from labkit.views.shared.drawing import BOLD, shortened

STEP = 30
"""Pixels between two arrows."""

SLANT = 9
"""Pixels by which an arrow's head lies below its tail: a message takes time."""

MARGIN = 90
"""Pixels left and right of the outer life lines."""

GAP = 250
"""Pixels between two life lines, at least."""

AIR = 8
"""Pixels between a label and a life line, at least."""

CROSS = 6
"""Pixels from the middle of a cross to its ends."""


def step_height(step: int) -> int:
    """Return how far below the top a step is, in pixels."""
    return 56 + STEP * step


def ladder_height(steps: int) -> int:
    """Return the height of a ladder with so many steps, in pixels."""
    return 70 + STEP * max(1, steps) + 20


def life_line(name: str, x: int, height: int, gap: int) -> list[str]:
    """Return a name and the line below it, at a place in a ladder of a height."""
    told = shortened(plain_text(name), (gap - 2 * AIR) / BOLD)
    return [
        f'<text class="who" x="{x}" y="22">{xml_text(told)}</text>',
        f'<line class="life" x1="{x}" y1="32" x2="{x}" y2="{height - 8}"/>',
    ]


def arrow_line(
    pattern: str, tail: tuple[float, float], foot: tuple[float, float], head: str
) -> list[str]:
    """Return the line of an arrow and its head, which is a path."""
    (x, y), (end, below) = tail, foot
    return [
        f'<line class="arrow {pattern}" x1="{x}" y1="{y}" x2="{end}" y2="{below}"/>',
        f'<path class="arrow {pattern} head" d="{head}"/>',
    ]


def tip(x: int, y: int, sign: int) -> str:
    """Return the path of an arrow's tip that points to the right, or with -1 to the left."""
    back = x - 9 * sign
    return f"M{back},{y - 6} L{x},{y} L{back},{y + 4}"


def bar(x: float, y: float) -> str:
    """Return the path of an upright bar: here something is held."""
    return f"M{x},{y - CROSS} L{x},{y + CROSS}"


def cross(x: float, y: float) -> str:
    """Return the path of a cross: here something ends."""
    return (
        f"M{x - CROSS},{y - CROSS} L{x + CROSS},{y + CROSS} "
        f"M{x + CROSS},{y - CROSS} L{x - CROSS},{y + CROSS}"
    )


def mark(x: int, y: int, label: str, room: float) -> list[str]:
    """Return a cross on a life line, with what ends there."""
    told = xml_text(shortened(label, (room - CROSS) / BOLD))
    return [
        f'<path class="mark" d="{cross(x, y)}"/>',
        f'<text class="label mark" x="{x + CROSS + AIR}" y="{y + 4}">{told}</text>',
    ]
