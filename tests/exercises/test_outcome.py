"""Outcomes, and what a notebook shows of them."""

from __future__ import annotations

from labkit.exercises.outcome import Outcome, not_yet


def test_a_wrong_answer() -> None:
    """It says what was expected, what happened, and the smallest case."""
    outcome = not_yet("bob hears 'hello'", "alice heard it too", "alice joins\nalice says 'hello'")
    assert repr(outcome).splitlines() == [
        "◐ not yet: ",
        "  Expected: bob hears 'hello'",
        "  Happened: alice heard it too",
        "  Smallest case:",
        "    alice joins",
        "    alice says 'hello'",
    ]


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
