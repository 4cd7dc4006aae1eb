"""The card of a checked exercise: a shape, a word and a colour, and what the check says.

It holds no time and no address, so a stored one is the same in each run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from labkit.front_end.joiner import join_styles
from labkit.untrusted import NOT_TEX, html_text, plain_text

SHAPES = {"untouched": "○", "not yet": "◐", "done": "●"}
"""The shape of each state; the word always stands beside it."""

MAX_CHARACTERS = 1200
"""Characters of a line that are shown: an answer may have sent a megabyte."""

_CODE = re.compile("`([^`]+)`")

STYLE = join_styles("front_end/tokens.css", "front_end/card.css", "views/outcome/outcome_card.css")


class Picture(Protocol):
    """A drawing with a text twin, its `repr`."""

    def _repr_html_(self) -> str: ...


class OutcomeCard:
    """The card of a checked exercise.

    Parameters
    ----------
    state
        "untouched", "not yet" or "done".
    what
        The exercise's id.
    told
        What the check says: pairs of a heading and a text of one or several lines.
    picture
        A drawing of the case, if there is one.
    """

    def __init__(
        self,
        state: str,
        what: str,
        told: Sequence[tuple[str, str]],
        picture: Picture | None = None,
    ) -> None:
        self.state = state
        self.what = plain_text(what)
        self.told = [(heading, _bounded(text)) for heading, text in told]
        self.picture = picture

    def __repr__(self) -> str:
        lines = [f"{SHAPES[self.state]} {self.state}: {self.what}"]
        for heading, text in self.told:
            lines += _indented(heading, text)
        if self.picture is not None:
            lines += _indented("On the wire", f"\n{self.picture!r}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        told = "".join(
            f'<p class="lk-outcome-heading">{html_text(heading)}</p>\n'
            f'<p class="lk-outcome-text">{_html_lines(text)}</p>\n'
            for heading, text in self.told
        )
        picture = "" if self.picture is None else self.picture._repr_html_()
        return (
            f'<section class="lk-card lk-outcome lk-tokens {NOT_TEX}" '
            f'data-state="{self.state}"><style>{STYLE}</style>'
            f'<p class="lk-outcome-state"><strong><span aria-hidden="true">{SHAPES[self.state]}'
            f"</span> {self.state}</strong> <code>{html_text(self.what)}</code></p>\n"
            f"{told}{picture}</section>"
        )


def _bounded(text: str) -> str:
    return plain_text(text.strip("\n"), MAX_CHARACTERS, lines=True)


def _indented(heading: str, text: str) -> list[str]:
    """Return a heading and its text: beside it, or below it if it has several lines."""
    lines = text.splitlines() or [""]
    if len(lines) == 1:
        return [f"  {heading}: {lines[0]}"]
    return [f"  {heading}:", *(f"    {line}" for line in lines if line)]


def _html_lines(text: str) -> str:
    return "<br>".join(map(_html_line, text.splitlines()))


def _html_line(line: str) -> str:
    """Return a line as HTML, in which what stands in backticks is code."""
    parts = [html_text(part) for part in _CODE.split(line)]
    parts[1::2] = [f"<code>{part}</code>" for part in parts[1::2]]
    return "".join(parts)
