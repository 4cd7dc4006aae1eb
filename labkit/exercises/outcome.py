"""What a check found: the stub is untouched, not yet, or done."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from labkit.views.outcome.outcome_card import OutcomeCard, Picture

State = Literal["untouched", "not yet", "done"]

_FIRST_WORD = re.compile(r"[^\W\d_]+(?=[ ,])|[^\W\d_]{2,}(?='s )")
"""The first word of a sentence, and never the beginning of a value such as ``b'hello'``."""


@dataclass(frozen=True, repr=False)
class Outcome:
    """What a check found; it holds no time and no address, so it is the same in each run.

    The texts may quote what the answer said or sent: they are made safe where they are shown.

    Parameters
    ----------
    state
        "untouched", "not yet" or "done".
    exercise
        The exercise's id.
    expected, happened
        For "not yet": what a right answer does, and what this one did. A sentence each.
    case
        For "not yet": the smallest case that shows it, a step on each line; "" if there is none.
    where
        For "not yet": the learner's lines that led to an exception, a line each; "" if none did.
    background
        For "not yet": errors that no cell saw, a line each; they may be the reason.
    picture
        For "not yet": a ladder of that case, if messages crossed.
    next
        For "untouched" and "done": what to do, or to think about, next.
    """

    state: State
    exercise: str = ""
    expected: str = ""
    happened: str = ""
    case: str = ""
    where: str = ""
    background: str = ""
    picture: Picture | None = None
    next: str = ""

    @property
    def card(self) -> OutcomeCard:
        """What a notebook shows of it."""
        texts = {
            "Expected": as_sentence(self.expected),
            "Happened": as_sentence(self.happened),
            "In your code": self.where,
            "In the background": self.background,
            "Smallest case": self.case,
            "Think about" if self.state == "done" else "Next": self.next,
        }
        told = [(heading, text) for heading, text in texts.items() if text]
        return OutcomeCard(self.state, self.exercise, told, self.picture)

    def __repr__(self) -> str:
        return repr(self.card)

    def _repr_html_(self) -> str:
        return self.card._repr_html_()


def as_sentence(text: str) -> str:
    """Return a text with a capital letter where its first word begins, if it begins with a word.

    Examples
    --------
    >>> as_sentence("bob's line is cut."), as_sentence("b'hello', because it is binary.")
    ("Bob's line is cut.", "b'hello', because it is binary.")
    """
    return text[:1].upper() + text[1:] if _FIRST_WORD.match(text) else text


def not_yet(
    expected: str, happened: str, case: str = "", picture: Picture | None = None
) -> Outcome:
    """Return the outcome of a wrong answer; the runner adds the exercise's id."""
    return Outcome("not yet", expected=expected, happened=happened, case=case, picture=picture)
