"""The states of a connection as a picture, drawn from the tables in `labkit.protocols.states`."""

from __future__ import annotations

from labkit.protocols.states import STATES, TRANSITIONS, State
from labkit.untrusted import xml_text

PLACES: dict[State, tuple[int, int]] = {
    "connecting": (100, 60),
    "open": (330, 60),
    "closing": (560, 60),
    "closed": (560, 200),
    "reconnecting": (100, 200),
}
"""Where the middle of each box is."""

WIDTH, HEIGHT = 150, 46


def _edge(source: State, target: State) -> tuple[float, float]:
    """Return the point of the border of `source` that looks towards `target`."""
    (x, y), (to_x, to_y) = PLACES[source], PLACES[target]
    across, down = to_x - x, to_y - y
    scale = min(
        WIDTH / 2 / abs(across) if across else 9.0,
        HEIGHT / 2 / abs(down) if down else 9.0,
    )
    return x + across * scale, y + down * scale


def _sentences(states: tuple[State, ...]) -> list[str]:
    """Say the picture in words."""
    told = []
    for state in states:
        words = [STATES[after].word for after in TRANSITIONS[state] if after in states]
        told.append(f"{STATES[state].word} may become {' or '.join(words)}.")
    return told


def picture(reconnecting: bool = False) -> str:
    """Return an SVG of the states and of which may follow which.

    Parameters
    ----------
    reconnecting
        Whether the client comes back by itself; RFC 6455 knows only the other four states.
    """
    states = tuple(state for state in STATES if reconnecting or state != "reconnecting")
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 660 260" role="img" '
        'aria-labelledby="t d" font-family="system-ui, sans-serif" font-size="15">',
        '<title id="t">The states of a connection</title>',
        f'<desc id="d">{xml_text(" ".join(_sentences(states)))}</desc>',
        '<rect width="660" height="260" rx="14" fill="#f7f9fb"/>',
        '<defs><marker id="a" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0L10 5L0 10z" fill="#1f2933"/></marker></defs>',
    ]
    for state in states:
        for after in TRANSITIONS[state]:
            if after in states:
                (x, y), (to_x, to_y) = _edge(state, after), _edge(after, state)
                parts.append(
                    f'<line x1="{x:.0f}" y1="{y:.0f}" x2="{to_x:.0f}" y2="{to_y:.0f}" '
                    'stroke="#1f2933" stroke-width="2" marker-end="url(#a)"/>'
                )
    for state in states:
        x, y = PLACES[state]
        look = STATES[state]
        parts.append(
            f'<rect x="{x - WIDTH // 2}" y="{y - HEIGHT // 2}" width="{WIDTH}" height="{HEIGHT}" '
            'rx="12" fill="#ffffff" stroke="#0067a3" stroke-width="2"/>'
            f'<text x="{x}" y="{y + 5}" text-anchor="middle" fill="#1f2933" font-weight="600">'
            f"{look.shape} {look.word}</text>"
        )
    return "\n".join([*parts, "</svg>", ""])
