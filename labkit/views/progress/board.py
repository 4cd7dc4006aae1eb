"""The board: the exercises of each notebook, and how far the learner is with each.

It holds no times, so it is the same whenever the same is done.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from labkit.front_end.joiner import join_styles
from labkit.untrusted import NOT_TEX, html_text
from labkit.views.outcome.outcome_card import SHAPES

STYLE = join_styles("front_end/tokens.css", "front_end/card.css", "views/progress/board.css")


@dataclass(frozen=True)
class BoardRow:
    """An exercise on the board.

    Attributes
    ----------
    state
        "untouched", "not yet" or "done".
    id, title
        The exercise's.
    hints
        The number of hints that were shown.
    """

    state: str
    id: str
    title: str
    hints: int = 0

    @property
    def seen(self) -> str:
        """How many hints were shown, in words."""
        return f"{self.hints} hint{'s' if self.hints > 1 else ''} seen" if self.hints else ""


class Board:
    """The exercises of each notebook, with their states.

    Parameters
    ----------
    notebooks
        Pairs of a notebook's name and the rows of its exercises.
    note
        A sentence below: where progress is kept, if it is not.
    """

    def __init__(self, notebooks: Sequence[tuple[str, Sequence[BoardRow]]], note: str = "") -> None:
        self.notebooks = [(name, list(rows)) for name, rows in notebooks]
        self.note = note

    def __await__(self) -> Generator[None, None, Board]:
        """Let `await lab.check()` be what `lab.check()` is."""
        return self
        yield

    @property
    def heading(self) -> str:
        """How many are done."""
        rows = [row for _, rows in self.notebooks for row in rows]
        done = sum(row.state == "done" for row in rows)
        return f"Exercises done: {done} of {len(rows)}"

    def __repr__(self) -> str:
        lines = [self.heading]
        for name, rows in self.notebooks:
            lines.append(name)
            width = max(len(row.id) for row in rows)
            for row in rows:
                seen = f" ({row.seen})" if row.seen else ""
                state = f"{SHAPES[row.state]} {row.state}"
                lines.append(f"  {state:<11}  {row.id:<{width}}  {row.title}{seen}")
        return "\n".join([*lines, *filter(None, [self.note])])

    def _repr_html_(self) -> str:
        parts = "".join(_table(name, rows) for name, rows in self.notebooks)
        note = f'<p class="lk-board-note">{html_text(self.note)}</p>\n' if self.note else ""
        return (
            f'<section class="lk-card lk-board lk-tokens {NOT_TEX}"><style>{STYLE}</style>'
            f'<p class="lk-board-count"><strong>{self.heading}</strong></p>\n'
            f"{parts}{note}</section>"
        )


def _table(name: str, rows: Sequence[BoardRow]) -> str:
    lines = "".join(
        f'<tr data-state="{row.state}"><td class="lk-board-state">'
        f'<span aria-hidden="true">{SHAPES[row.state]}</span> {row.state}</td>'
        f'<th scope="row">{html_text(row.title)}</th><td><code>{html_text(row.id)}</code></td>'
        f"<td>{row.seen}</td></tr>\n"
        for row in rows
    )
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("State", "Exercise", "Id", "Hints"))
    return (
        f"<table>\n<caption>{html_text(name)}</caption>\n<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{lines}</tbody>\n</table>\n"
    )
