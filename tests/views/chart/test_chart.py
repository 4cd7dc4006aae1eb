"""Charts, as drawings and in words."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree

import pytest

from labkit.exceptions import LabError
from labkit.views.chart import Chart, Plot, Series

SVG = "{http://www.w3.org/2000/svg}"

COUNTED = Series("attempts", [(0, 30), (0.1, 0), (1.2, 12)], "area")
CONNECTED = Series("connected", [(0, 30), (1.2, 0), (2, 30)], "steps")
DETECTED = Series("measured", [(1, 1.5), (2, 2.5)], "points")
EXPECTED = Series("interval + timeout", [(0, 0), (2, 2)], "line")


def drawn(chart: Chart) -> ElementTree.Element:
    """Return a chart's drawing."""
    return ElementTree.fromstring(chart.svg)


def texts(chart: Chart, kind: str) -> list[str | None]:
    """Return the texts of a kind in a chart's drawing."""
    found = drawn(chart).iter(f"{SVG}text")
    return [text.text for text in found if (text.get("class") or "").split()[0] == kind]


def paths(chart: Chart, kind: str) -> list[str]:
    """Return the paths of a class in a chart's drawing."""
    found = drawn(chart).iter(f"{SVG}path")
    return [path.get("d", "") for path in found if path.get("class") == kind]


def height_of(mark: str) -> float:
    """Return the height of a mark, from above."""
    return float(mark.split()[0].partition(",")[2])


def test_counts_over_time() -> None:
    """Plots stand below each other over one axis; steps go across, then up or down."""
    chart = Chart("30 clients", "seconds", Plot("per 0.1 s", [COUNTED]), Plot("now", [CONNECTED]))
    assert texts(chart, "title") == ["30 clients"]
    assert texts(chart, "what") == ["per 0.1 s", "now"]
    assert texts(chart, "x") == ["seconds"] and texts(chart, "tick")[-1] == "2.0"
    assert texts(chart, "of") == []  # one series of a plot needs no label
    area, steps = paths(chart, "curve s0")
    assert not re.search(r"L|\d-", area) and len(paths(chart, "fill s0")) == 1
    assert re.fullmatch(r"M[\d.]+,([\d.]+) H[\d.]+ V\1 H[\d.]+ V[\d.]+ H[\d.]+ V\1", steps)


def test_figures_against_each_other() -> None:
    """Points have marks, a line has dashes, and each has its label with a sample of these.

    The sample of a mark is above the plot: beside it, it would look like a point.
    """
    chart = Chart("Detection", "interval + timeout (s)", Plot("seconds", [DETECTED, EXPECTED]))
    assert sorted(map(str, texts(chart, "of"))) == ["interval + timeout", "measured"]
    *points, sample = sorted(paths(chart, "point s0"), key=height_of, reverse=True)
    assert len(points) == 2
    grid = [float(line.get("y1", 0)) for line in drawn(chart).iter(f"{SVG}line")]
    assert height_of(sample) < min(grid) <= min(map(height_of, points))
    line, sample = paths(chart, "curve s1")
    assert line.count("L") == 1 and sample.count("H") == 1
    style = next(drawn(chart).iter(f"{SVG}style")).text or ""
    dashes = re.findall(r"path\.s[123] \{[^}]*stroke-dasharray: ([\d ]+);", style)
    assert len(set(dashes)) == 3


def test_labels_do_not_cover_each_other() -> None:
    """Series that end at the same figure have labels below each other, all within the plot."""
    same = [Series(f"series {n}", [(0, 0), (1, 0)], "line") for n in range(3)]
    for height in (0, 5):
        plot = Plot("y", [*same, Series("top", [(0, 5), (1, height)], "line")])
        labels = [e for e in drawn(Chart("t", "x", plot)).iter() if "of" in e.get("class", "")]
        heights = sorted(float(label.get("y", 0)) for label in labels)
        assert all(b - a >= 16 for a, b in itertools.pairwise(heights))
        assert heights[0] > 50 and heights[-1] < 22 + 42 + 230 + 5


def test_what_is_drawn_is_inside() -> None:
    """Nothing leaves the drawing, however narrow it is and however long the words are."""
    label = Series("a label that is far too long for a small drawing", [(0, 1e6), (9, 2e6)], "line")
    points = Series("of points, which is far too long as well", [(0, 0)])
    chart = Chart("t" * 200, "x" * 200, Plot("y" * 200, [label, points]), width=300)
    for element in drawn(chart).iter(f"{SVG}line"):
        assert 0 <= float(element.get("x1", 0)) <= float(element.get("x2", 0)) <= 300
    long = [*texts(chart, "title"), *texts(chart, "x"), *texts(chart, "what"), *texts(chart, "of")]
    assert [str(text)[-1] for text in long] == ["…"] * 5


def test_words_for_those_who_do_not_see_it() -> None:
    """Title and description are in the drawing, and the figures in a list below it."""
    chart = Chart("Detection", "s", Plot("seconds", [DETECTED, EXPECTED]))
    title, description = drawn(chart)[:2]
    assert title.text == "Detection"
    assert description.text is not None
    assert "measured from 1.5 to 2.5, 2.5 at the end" in description.text
    assert "<li>measured: 1.5 at 1, 2.5 at 2</li>" in chart._repr_html_()
    many = Series("many", [(n, n) for n in range(300)])
    assert "and 100 more</li>" in Chart("t", "x", Plot("y", [many]))._repr_html_()


def test_figures_in_words_say_which_plot_they_are_of() -> None:
    """With several plots, each line begins with its plot's; figures have three digits."""
    measured = Series("measured", [(1.23456, 0.70312), (2, 12345.6)])
    up, down = Plot("bytes up", [measured, EXPECTED]), Plot("bytes down", [measured])
    html = Chart("t", "x", up, down)._repr_html_()
    for name in ("bytes up, measured", "bytes down"):
        assert f"<li>{name}: 0.703 at 1.23, 12,346 at 2</li>" in html
    assert "<li>bytes up, interval + timeout: 0 at 0, 2 at 2</li>" in html


def test_the_scaffold_is_behind_the_figures() -> None:
    """Grid and axes are painted first, and no theme's border colour makes them strong."""
    chart = Chart("t", "x", Plot("y", [EXPECTED, CONNECTED]))
    kinds = [element.get("class", "") for element in drawn(chart)]
    last = max(n for n, kind in enumerate(kinds) if kind in ("grid", "axis"))
    assert last < kinds.index("curve s0")
    style = next(drawn(chart).iter(f"{SVG}style")).text or ""
    assert "--lk-line" not in style[style.index(".lk-drawing .grid") :].partition("}")[0]


def test_the_text_twin_has_no_figures() -> None:
    """It is the same in each run, whatever was measured."""
    chart = Chart("Detection", "interval (s)", Plot("seconds", [DETECTED, EXPECTED]))
    words = "Chart: Detection. seconds (measured, interval + timeout) over interval (s)."
    assert repr(chart) == words


def test_a_chart_without_figures() -> None:
    """Axes are drawn, and the description says that there are none yet."""
    chart = Chart("Nothing", "s", Plot("y", [Series("none", []), Series("area", [], "area")]))
    assert "none, no figures yet" in (drawn(chart)[1].text or "")
    assert not paths(chart, "fill s1")


def test_words_are_shown_as_text() -> None:
    """Markup in any of them is escaped, and nothing is hidden."""
    evil = "<script>\x1b"
    chart = Chart(evil, evil, Plot(evil, [Series(evil, [(1, 1)]), Series(evil, [(1, 1)])]))
    assert "<script" not in chart._repr_html_() and "\x1b" not in repr(chart)
    assert texts(chart, "title") == ["<script>␛"]


def test_charts_side_by_side_can_be_compared() -> None:
    """An axis reaches as far as it must for another chart."""
    chart = Chart("t", "x", Plot("y", [COUNTED], most=200), until=10)
    assert texts(chart, "figure")[-1] == "200" and texts(chart, "tick")[-1] == "10"


def test_a_chart_has_a_plot() -> None:
    """Without one there is nothing to draw."""
    with pytest.raises(LabError, match="at least one plot"):
        Chart("t", "x")
