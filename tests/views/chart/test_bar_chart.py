"""Bars with their spread, as drawings and in words."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from labkit.exceptions import LabError
from labkit.views.chart import Bar, BarChart, BarPlot

SVG = "{http://www.w3.org/2000/svg}"

RAW = Bar("websocket", [0.1, 0.11, 0.12])
SOCKETIO = Bar("socketio", [0.2, 0.22, 0.26])
BYTES = Bar("websocket", [38])


def drawn(chart: BarChart) -> ElementTree.Element:
    """Return a chart's drawing."""
    return ElementTree.fromstring(chart.svg)


def bars(chart: BarChart) -> list[ElementTree.Element]:
    """Return the bars of a chart's drawing."""
    return list(drawn(chart).iter(f"{SVG}rect"))


def texts(chart: BarChart, kind: str) -> list[str]:
    """Return the texts of a kind in a chart's drawing."""
    return [str(e.text) for e in drawn(chart).iter(f"{SVG}text") if e.get("class") == kind]


def test_bars_are_in_proportion() -> None:
    """All begin at the same line, and are as long as their medians."""
    first, second = bars(BarChart("t", BarPlot("ms", [RAW, SOCKETIO])))
    assert first.get("x") == second.get("x")
    ratio = float(second.get("width", 0)) / float(first.get("width", 0))
    assert ratio == pytest.approx(2, abs=0.01)


def test_the_scaffold_is_behind_the_bars() -> None:
    """Grid and axis are painted before the first bar."""
    kinds = [each.get("class") for each in drawn(BarChart("t", BarPlot("ms", [RAW, SOCKETIO])))]
    assert kinds.count("axis") == 1
    assert max(n for n, kind in enumerate(kinds) if kind in ("grid", "axis")) < kinds.index("bar")


def test_the_spread_is_a_line_across_the_end() -> None:
    """It leads from the lowest to the highest; a figure that never changes has none."""
    chart = BarChart("t", BarPlot("ms", [RAW, BYTES]))
    (spread,) = [e.get("d", "") for e in drawn(chart).iter(f"{SVG}path")]
    lowest, highest = re.findall(r"M([\d.]+),[\d.]+ H([\d.]+)", spread)[0]
    (bar, _), scale = bars(chart), 0.11
    start, end = float(bar.get("x", 0)), float(bar.get("width", 0))
    assert float(lowest) == pytest.approx(start + end * 0.1 / scale, abs=0.2)
    assert float(highest) == pytest.approx(start + end * 0.12 / scale, abs=0.2)


def test_each_bar_has_its_words() -> None:
    """Its label on the left, its figures on the right, its plot's unit above."""
    chart = BarChart("Latency", BarPlot("ms", [RAW, SOCKETIO]), BarPlot("bytes", [BYTES]))
    assert texts(chart, "what") == ["ms", "bytes"]
    assert texts(chart, "bar-label") == ["websocket", "socketio", "websocket"]
    assert texts(chart, "bar-value") == ["0.11 (0.1 to 0.12)", "0.22 (0.2 to 0.26)", "38"]
    assert texts(chart, "tick")[-1] == "40"  # each plot has its own axis


@pytest.mark.parametrize("width", [300, 836])
def test_what_is_drawn_is_inside(width: int) -> None:
    """Nothing leaves the drawing or covers a bar, however long the words are."""
    long = Bar("ein Etikett, das für eine kleine Zeichnung viel zu lang ist, " * 3, [1e6, 2e6])
    plot = BarPlot("y" * 200, [long, Bar("短い", [3e6])])
    chart = BarChart("t" * 200, plot, subtitle="s" * 200, width=width)
    for bar in bars(chart):
        assert 0 < float(bar.get("x", 0)) < float(bar.get("x", 0)) + float(bar.get("width", 0))
        assert float(bar.get("x", 0)) + float(bar.get("width", 0)) <= width
    cut = [texts(chart, kind)[0] for kind in ("title", "subtitle", "what", "bar-label")]
    assert [text[-1] for text in cut] == ["…"] * 4
    assert texts(chart, "bar-label")[1] == "短い"


def test_words_for_those_who_do_not_see_it() -> None:
    """Title and description are in the drawing, and the figures in a list below it."""
    chart = BarChart("Latency", BarPlot("ms", [RAW, SOCKETIO]), subtitle="7 repeats")
    title, description = drawn(chart)[:2]
    assert title.text == "Latency"
    told = "ms: websocket 0.11 (0.1 to 0.12); socketio 0.22 (0.2 to 0.26)"
    assert description.text == f"7 repeats {told}."
    assert f"<li>{told}</li>" in chart._repr_html_()
    assert 'class="lk-figure lk-chart' in chart._repr_html_()


def test_the_text_twin_has_no_figures() -> None:
    """It is the same in each run, and so is the drawing of the same figures."""
    chart = BarChart("Latency", BarPlot("ms", [RAW, SOCKETIO]), BarPlot("bytes", [BYTES]))
    assert repr(chart) == "Bars: Latency. ms (websocket, socketio); bytes (websocket)."
    assert chart.svg == BarChart("Latency", *chart.plots).svg


def test_words_are_shown_as_text() -> None:
    """Markup in any of them is escaped, and nothing is hidden."""
    evil = "<script>\x1b"
    chart = BarChart(evil, BarPlot(evil, [Bar(evil, [1])]), subtitle=evil)
    assert "<script" not in chart._repr_html_() and "\x1b" not in repr(chart)
    assert texts(chart, "bar-label") == ["<script>␛"]


def test_nothing_of_something() -> None:
    """A bar of length 0 is one, too: no message lost is a result."""
    (bar,) = bars(BarChart("t", BarPlot("lost", [Bar("websocket", [0])])))
    assert bar.get("width") == "0.0"


def test_a_chart_has_a_plot() -> None:
    """Without one there is nothing to draw."""
    with pytest.raises(LabError, match="at least one plot"):
        BarChart("t")
