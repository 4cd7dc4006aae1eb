"""Drawings: their frame, and how much text has room in them."""

from __future__ import annotations

from base64 import b64decode
from xml.etree import ElementTree

import pytest

from labkit.views.shared.drawing import drawing, drawing_styles, figure, shortened, text_width


@pytest.mark.parametrize("letter", ["i", "n", "W", "好"])
def test_a_shortened_text_fits(letter: str) -> None:
    """Fewer broad letters fit than narrow ones, none in no room; what fits stays whole."""
    assert shortened(letter * 3, 40) == letter * 3
    assert len(shortened(letter * 100, 234)) == {"i": 47, "n": 28, "W": 18, "好": 18}[letter]
    assert shortened(letter * 100, 0) == "…"


def test_a_width_is_a_guess_on_the_safe_side() -> None:
    """A text is as wide as its letters, and what just fits is not cut."""
    assert text_width("nn") == 2 * text_width("n")
    assert shortened("wide", text_width("wide")) == "wide"


def test_a_drawing_says_what_it_is() -> None:
    """Title and description stand in it, escaped, for those who do not see it."""
    styles = drawing_styles("views/ladder/ladder.css")
    drawn = ElementTree.fromstring(drawing(10, 20, "a < b", "1 & 2", styles, ["<g/>"]))
    title, description, style, _ = drawn
    assert (title.text, description.text, style.text) == ("a < b", "1 & 2", styles)
    assert drawn.get("viewBox") == "0 0 10 20" and drawn.get("role") == "img"


def test_a_figure_has_a_picture_of_the_same() -> None:
    """Where JupyterLab takes the SVG out, a picture of it is left."""
    html = figure("lk-own", "<svg/>", 'a "b"', "<p>words</p>")
    assert (
        '<div hidden="hidden" ' in html
        and "<svg/></div>" in html
        and html.endswith("<p>words</p></figure>")
    )
    assert b64decode(html.partition(";base64,")[2].partition('"')[0]) == b"<svg/>"
    assert 'alt="a &quot;b&quot;"' in html
