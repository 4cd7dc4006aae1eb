"""The table of verdicts."""

from __future__ import annotations

import re

import pytest

from labkit.exceptions import LabError
from labkit.measure.court.court import judge
from labkit.measure.court.results import Measured
from labkit.measure.court.verdict import Verdict
from labkit.views.verdict.verdicts import SHAPES, Verdicts
from tests.support.court import claim

SLOW, FAST = claim("latency.connected", "echo", "far"), claim("memory.connection", "memory")


def measured(*ratios: float, is_here: bool = True) -> Measured:
    """Return a measurement with these ratios."""
    repeats = tuple({"latency": {"socketio": ratio, "websocket": 1.0}} for ratio in ratios)
    at, machine = "2026-11-27 07:45:12", "Python 3.11.7, 2 cores, Linux"
    return Measured(repeats, at, machine, "all in one process", is_here)


HERE = {"echo": measured(2, 2, 2), "far": measured(1, 1, 1.1), "memory": measured(3, 3, 3)}


def table(note: str = "", **results: Measured) -> Verdicts:
    """Return a table of both claims, by what was measured."""
    repeats = {name: each.repeats for name, each in results.items()}
    return Verdicts([judge(each, repeats) for each in (SLOW, FAST)], results, note)


def test_the_text_twin() -> None:
    """It counts the words, and says of each claim the verdict, its id and its text."""
    assert repr(table(**HERE)).splitlines() == [
        "Verdicts on 2 claims: holds 1, depends 1",
        "  ◆ depends on the machine  latency.connected  Text of latency.connected.",
        "  ● holds                   memory.connection  Text of memory.connection.",
    ]


def test_it_has_no_figures() -> None:
    """Other figures with the same verdicts make the same table, as text and as HTML."""
    other = {"echo": measured(2.1, 2.2, 2.3), "far": measured(1, 1.01), "memory": measured(4)}
    assert repr(table(**HERE)) == repr(table(**other))
    assert table(**HERE)._repr_html_() == table(**other)._repr_html_()


def test_rows_of_the_table() -> None:
    """A shape and the words, the claim as the row's heading, who says so with the page, the id."""
    html = table(**HERE)._repr_html_()
    assert html.count('<th scope="row">') == 2 and html.count("<caption>") == 1
    assert '<tr data-word="holds"><td class="lk-verdicts-word">' in html
    assert '<span aria-hidden="true">●</span> holds</td>' in html
    assert '<a href="https://example.org/">People</a>' in html
    assert "<code>memory.connection</code>" in html


def test_every_word_has_its_own_shape() -> None:
    """Nobody needs to see colours."""
    assert len(set(SHAPES.values())) == len(SHAPES) == 6


def test_what_is_not_measured() -> None:
    """A claim nobody measured says so; why one failed stands below the table."""
    shown = Verdicts([Verdict(SLOW), Verdict(FAST, why="memory: it hung.")], {})
    assert repr(shown).splitlines() == [
        "Verdicts on 2 claims: not measured 2",
        "  ○ not measured yet  latency.connected  Text of latency.connected.",
        "  ○ not measured      memory.connection  Text of memory.connection.",
        "memory.connection: not measured: memory: it hung.",
    ]
    assert "memory: it hung." in shown._repr_html_()


def test_what_was_measured_before_says_when() -> None:
    """And on which machine; what this kernel measured does not, so that it can be compared."""
    note = "Measured before this kernel began, 2026-11-27 07:45:12, on Python 3.11.7, 2 cores"
    earlier = {**HERE, "echo": measured(2, 2, 2, is_here=False)}
    assert note in repr(table(**earlier)) and note in table(**earlier)._repr_html_()
    assert "Measured before" not in repr(table(**HERE))


def test_where_results_are_kept() -> None:
    """The note stands there once there is something to keep."""
    note = "This is kept until the kernel ends."
    assert repr(table(note, **HERE)).endswith(note)
    assert note not in repr(table(note))


def test_javascript_is_told() -> None:
    """What only JavaScript's library does is said in a sentence."""
    lacking = claim("buffering.offline")
    lacking = type(lacking)(**{**vars(lacking), "javascript": "It buffers."})
    shown = Verdicts(
        [judge(lacking, {"echo": measured(1, 1, 1).repeats})], {"echo": measured(1, 1, 1)}
    )
    assert "◐ holds for JavaScript only" in repr(shown)
    assert repr(shown).endswith("buffering.offline: It buffers.")


def test_one_of_them() -> None:
    """It is found by its id, and the nearest is suggested."""
    shown = table(**HERE)
    assert len(shown) == 2 and [each.claim for each in shown] == [SLOW, FAST]
    assert shown["memory.connection"].word == "holds"
    with pytest.raises(LabError, match=r"Did you mean 'memory\.connection'\?"):
        shown["memory.conection"]


def test_a_chart() -> None:
    """It draws the figures of a claim, or of a topic: a plot each, with all subjects."""
    chart = table(**HERE).chart("latency")
    assert (chart.title, len(chart.plots)) == ("latency", 2)
    assert [bar.label for bar in chart.plots[0].bars] == ["socketio", "websocket"]
    assert chart.plots[0].bars[0].figures == [2, 2, 2]
    assert len(table(**HERE).chart().plots) == 3
    assert repr(table(**HERE).chart("memory.connection")).startswith("Bars: memory.connection. ")


def test_a_chart_of_what_is_not_measured() -> None:
    """The error says how to measure it; a wrong name gets the nearest."""
    with pytest.raises(LabError, match=re.escape('`await lab.verdicts("latency.connected")`')):
        table().chart("latency")
    with pytest.raises(LabError, match="Did you mean 'latency'"):
        table().chart("latncy")


def test_words_are_shown_as_text() -> None:
    """Markup in a reason is escaped, and nothing is hidden."""
    shown = Verdicts([Verdict(SLOW, why="<script>\x1b[2J")], {})
    assert "<script" not in shown._repr_html_() and "\x1b" not in repr(shown)


async def test_it_may_be_awaited() -> None:
    """`await lab.verdicts()` is `lab.verdicts()`, for whoever is used to awaiting it."""
    shown = table()
    assert await shown is shown
