"""Drawings: inline SVG in a cell's output, legible on every page that shows the notebook.

JupyterLab takes the SVG and the style sheet out of a notebook that it does not trust, but leaves
the drawing's texts. There the drawing is hidden and a picture of it shown, which knows the
system's colours but not the theme's, and so has a ground of its own. The style sheet, where it is
in force, turns that round. (A `hidden` without a value would be taken out as well.)
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from unicodedata import east_asian_width

from labkit.front_end.joiner import join_styles
from labkit.untrusted import NOT_TEX, xml_text

WIDTH = 836
"""Pixels across a notebook's output, on a page of 1280."""

BOLD = 1.15
"""How much wider a bold text is."""


def drawing_styles(*paths: str) -> str:
    """Return a drawing's style sheets: its own, by their paths in `labkit/`, and the shared."""
    return join_styles("front_end/tokens.css", "views/shared/drawing.css", *paths)


def drawing(
    width: int, height: int, title: str, description: str, styles: str, parts: Iterable[str]
) -> str:
    """Return an SVG drawing.

    Parameters
    ----------
    width, height
        Its size in pixels; where there is less room it is made smaller.
    title, description
        What it is of, and what is to be seen, for those who do not see it.
    styles
        Its style sheets, from `drawing_styles`.
    parts
        The elements, in the order in which they are painted.
    """
    return "".join(
        [
            f'<svg class="lk-drawing lk-tokens" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" role="img" xmlns="http://www.w3.org/2000/svg">',
            f"<title>{xml_text(title)}</title>",
            f"<desc>{xml_text(description)}</desc>",
            f"<style>{styles}</style>",
            *parts,
            "</svg>",
        ]
    )


def figure(kind: str, svg: str, title: str, texts: str) -> str:
    """Return a drawing as HTML.

    Parameters
    ----------
    kind
        A class of the figure, such as "lk-ladder".
    svg, title
        The drawing, and what it is of.
    texts
        What stands below it, as HTML: above all, the same in words or numbers.
    """
    picture = b64encode(svg.encode()).decode()
    return (
        f'<figure class="lk-figure {kind} lk-tokens {NOT_TEX}">'
        f'<div hidden="hidden" tabindex="0" role="group" aria-label="Drawing">{svg}</div>'
        f'<img alt="{xml_text(title)}" src="data:image/svg+xml;base64,{picture}">'
        f"{texts}</figure>"
    )


def shortened(text: str, room: float) -> str:
    """Return what of a text fits into so many pixels, with an ellipsis if that is not all of it."""
    if text_width(text) <= room:
        return text
    room -= _breadth("…")
    for number, character in enumerate(text):
        room -= _breadth(character)
        if room < 0:
            return f"{text[:number]}…"
    return text


def text_width(text: str) -> float:
    """Guess how many pixels wide a text is, at 13 px."""
    return sum(map(_breadth, text))


def _breadth(character: str) -> float:
    """Guess pixels at 13 px: as in DejaVu Sans, which is wider than what most people have."""
    if character in "ijlfrt .,:;!|'/\\()[]-":
        return 4.8
    if character in "mwMW@%&#<=>+~^…" or east_asian_width(character) in "WF":
        return 13
    return 9.3 if character.isupper() else 8
