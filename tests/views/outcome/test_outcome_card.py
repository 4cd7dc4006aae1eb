"""The card of a checked exercise."""

from __future__ import annotations

import re

import pytest

from labkit.views.outcome.outcome_card import MAX_CHARACTERS, SHAPES, OutcomeCard
from tests.support.untrusted import HOSTILE, hidden_in, typeset_in


class Drawing:
    """A picture with a text twin."""

    def __repr__(self) -> str:
        return "→ text 'hello'\n← text 'hello'"

    def _repr_html_(self) -> str:
        return "<figure>hello</figure>"


@pytest.mark.parametrize("state", SHAPES)
def test_a_shape_a_word_and_a_colour(state: str) -> None:
    """A state is told three ways; no reader depends on the colour."""
    card = OutcomeCard(state, "a.b", [])
    assert repr(card) == f"{SHAPES[state]} {state}: a.b"
    html = card._repr_html_()
    assert f'data-state="{state}"' in html
    assert f'<span aria-hidden="true">{SHAPES[state]}</span> {state}</strong>' in html


def test_lines_stand_below_each_other() -> None:
    """A text of several lines, and the twin of a drawing, are indented below their heading."""
    card = OutcomeCard("not yet", "a.b", [("Happened", "one\ntwo\n")], Drawing())
    assert repr(card).splitlines() == [
        "◐ not yet: a.b",
        "  Happened:",
        "    one",
        "    two",
        "  On the wire:",
        "    → text 'hello'",
        "    ← text 'hello'",
    ]
    html = card._repr_html_()
    assert '>Happened</p>\n<p class="lk-outcome-text">one<br>two</p>' in html
    assert html.endswith("<figure>hello</figure></section>")


def test_backticks_are_code() -> None:
    """What stands in them is code on a page, and stays as it is in a text; one alone is itself."""
    card = OutcomeCard("untouched", "a.b", [("Next", "Fill in `<handler>`, and `x`.\na ` b")])
    assert "Next:\n    Fill in `<handler>`, and `x`.\n    a ` b" in repr(card)
    html = card._repr_html_()
    assert "Fill in <code>&lt;handler&gt;</code>, and <code>x</code>.<br>a ` b</p>" in html


def test_words_of_the_answer_are_text_and_nothing_else() -> None:
    """What an answer sends does not act in a terminal or on a page."""
    card = OutcomeCard("not yet", "a.b", [("Happened", HOSTILE)])
    assert hidden_in(repr(card), lines=True) == []
    html = re.sub("<style>.*?</style>", "", card._repr_html_(), flags=re.S)
    assert hidden_in(html, lines=True) == []
    assert "<img" not in html
    assert typeset_in(html) == []


def test_a_flood_is_cut_off() -> None:
    """An answer that sends a megabyte gets a card that can be read."""
    card = OutcomeCard("not yet", "a.b", [("Happened", "x" * 1_000_000)])
    assert len(repr(card)) < MAX_CHARACTERS + 100
    assert "…" in repr(card)
