"""Outcomes, and what a notebook shows of them."""

from __future__ import annotations

import pytest

from labkit.exercises.outcome import Outcome, as_sentence, not_yet


def test_a_wrong_answer() -> None:
    """It says what was expected, what happened, and the smallest case."""
    outcome = not_yet("bob hears 'hello'", "alice heard it too", "alice joins\nalice says 'hello'")
    assert repr(outcome).splitlines() == [
        "◐ not yet: ",
        "  Expected: Bob hears 'hello'",
        "  Happened: Alice heard it too",
        "  Smallest case:",
        "    alice joins",
        "    alice says 'hello'",
    ]


def test_an_answer_that_raised() -> None:
    """Where it raised, and what happened in the background, are apart from the case."""
    outcome = Outcome("not yet", "a.b", "It returns 1.", "It raised", "f()", "in f: `1/0`", "Oh")
    assert [heading for heading, _ in outcome.card.told] == [
        "Expected",
        "Happened",
        "In your code",
        "In the background",
        "Smallest case",
    ]
    assert "<code>1/0</code>" in outcome._repr_html_()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("zoé hears it.", "Zoé hears it."),
        ("bob's line is cut.", "Bob's line is cut."),
        ("bob, who reads, hears it.", "Bob, who reads, hears it."),
        ("b's tart', because it is binary.", "b's tart', because it is binary."),
        ("'hello', because it is text.", "'hello', because it is text."),
        ("`x` is 1.", "`x` is 1."),
        ("alice#1 is lost.", "alice#1 is lost."),
        ("None: nothing fits.", "None: nothing fits."),
        ("", ""),
    ],
)
def test_a_sentence_begins_with_a_capital_letter(text: str, sentence: str) -> None:
    """The first word of a sentence does, and a value stays what it is."""
    assert as_sentence(text) == sentence


def test_a_right_answer() -> None:
    """It gives something to think about."""
    outcome = Outcome("done", "raw_chat.x", next="Who hears a message that fails?")
    assert repr(outcome).splitlines() == [
        "● done: raw_chat.x",
        "  Think about: Who hears a message that fails?",
    ]
    assert outcome._repr_html_() == outcome.card._repr_html_()


def test_an_untouched_stub() -> None:
    """It says what to do next."""
    outcome = Outcome("untouched", "raw_chat.x", next="Fill in `handler`.")
    assert repr(outcome) == "○ untouched: raw_chat.x\n  Next: Fill in `handler`."
