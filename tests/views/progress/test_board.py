"""The board of exercises."""

from __future__ import annotations

from labkit.views.progress.board import Board, BoardRow

ROWS = [
    BoardRow("done", "raw_chat.leaks_nothing", "a handler without a leak"),
    BoardRow("not yet", "raw_chat.skips_the_sender", "skip the sender", 2),
    BoardRow("untouched", "raw_chat.wraps", "an envelope with a name", 1),
]


def test_the_text_twin() -> None:
    """It counts what is done, and lists each exercise below its notebook."""
    board = Board([("03 a raw chat", ROWS)], "This is kept until the kernel ends.")
    assert repr(board).splitlines() == [
        "Exercises done: 1 of 3",
        "03 a raw chat",
        "  ● done       raw_chat.leaks_nothing     a handler without a leak",
        "  ◐ not yet    raw_chat.skips_the_sender  skip the sender (2 hints seen)",
        "  ○ untouched  raw_chat.wraps             an envelope with a name (1 hint seen)",
        "This is kept until the kernel ends.",
    ]


def test_a_table_for_each_notebook() -> None:
    """Each has a caption, column headings, and a row for each exercise with its own heading."""
    html = Board([("02 bytes", ROWS[:1]), ("03 a raw chat", ROWS[1:])])._repr_html_()
    assert html.count("<caption>") == 2 and html.count('<th scope="row">') == 3
    assert '<tr data-state="not yet"><td class="lk-board-state">' in html
    assert "lk-board-note" not in html.partition("</style>")[2]


async def test_it_may_be_awaited() -> None:
    """`await lab.check()` is `lab.check()`, for whoever is used to awaiting a check."""
    board = Board([("03 a raw chat", ROWS)])
    assert await board is board
