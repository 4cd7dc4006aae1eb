"""The shapes of a ladder."""

from __future__ import annotations

from xml.etree import ElementTree

from labkit.views.ladder.shapes import (
    arrow_line,
    bar,
    cross,
    ladder_height,
    life_line,
    mark,
    step_height,
    tip,
)


def test_each_step_has_its_place() -> None:
    """Steps stand at equal distances, all of them above the foot; without one there is room."""
    assert step_height(2) - step_height(1) == step_height(1) - step_height(0) > 0
    assert step_height(4) < ladder_height(5) - 8
    assert ladder_height(0) == ladder_height(1)


def test_a_name_is_shortened_and_escaped() -> None:
    """It has the place between two life lines, and is text, not markup."""
    name, line = map(ElementTree.fromstring, life_line("<b>" + "e" * 100, 90, 200, 250))
    assert name.text is not None and name.text.startswith("<b>e") and name.text.endswith("…")
    assert line.attrib == {"class": "life", "x1": "90", "y1": "32", "x2": "90", "y2": "192"}


def test_an_arrow_is_a_line_with_a_head() -> None:
    """Both have the pattern that tells their kind."""
    line, head = map(ElementTree.fromstring, arrow_line("data", (1, 2), (3, 4), tip(3, 4, 1)))
    assert line.attrib == {"class": "arrow data", "x1": "1", "y1": "2", "x2": "3", "y2": "4"}
    assert head.attrib == {"class": "arrow data head", "d": "M-6,-2 L3,4 L-6,8"}


def test_heads() -> None:
    """A tip points where the arrow goes; a bar and a cross stand where it ends."""
    assert tip(20, 10, -1) == "M29,4 L20,10 L29,14"
    assert bar(5, 10) == "M5,4 L5,16"
    assert cross(10, 10) == "M4,4 L16,16 M16,4 L4,16"


def test_a_mark_has_its_words_beside_it() -> None:
    """They stand to the right of the cross, and are escaped."""
    drawn, words = map(ElementTree.fromstring, mark(10, 10, "cut & gone", 200))
    assert drawn.get("d") == cross(10, 10)
    assert words.text == "cut & gone" and words.get("x") == "24"
