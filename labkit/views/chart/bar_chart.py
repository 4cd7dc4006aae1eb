"""Bars with their spread, as inline SVG: each as long as the median of its figures.

They lie, because labels are words. A line across the end of a bar leads from the lowest figure to
the highest. Axes begin at 0. Plots of one chart stand below each other, each with its own axis,
because they have their own units.
"""

from __future__ import annotations

from collections.abc import Iterator

from labkit.exceptions import LabError
from labkit.untrusted import html_text, plain_text, xml_text
from labkit.views.chart.bar import Bar, BarPlot
from labkit.views.chart.chart import EDGE, SUBTITLE, TICK, TITLE
from labkit.views.chart.scale import Scale, make_scale
from labkit.views.shared.drawing import (
    BOLD,
    WIDTH,
    drawing,
    drawing_styles,
    figure,
    shortened,
    text_width,
)

ROW, THICK = 30, 16
"""Pixels from bar to bar, and of a bar."""

HEADING, FOOT = 40, 30
"""Pixels of a plot's heading, and of the figures of its axis."""

GAP = 10
"""Pixels between a bar and the words beside it."""

CAP = 5
"""Pixels by which the ends of a spread stand out on either side."""


STYLES = drawing_styles("views/chart/chart.css", "views/chart/bar_chart.css")


class BarChart:
    """Bars with their spread, which a notebook draws where they are the value of a cell.

    Parameters
    ----------
    title
        What it shows.
    plots
        The plots, from top to bottom.
    subtitle
        A second line below the title.
    width
        Pixels across.

    Examples
    --------
    >>> bars = [Bar("websocket", [0.1, 0.11, 0.12]), Bar("socketio", [0.2, 0.21, 0.24])]
    >>> BarChart("Latency on this machine", BarPlot("ms of a round trip", bars))
    Bars: Latency on this machine. ms of a round trip (websocket, socketio).
    """

    def __init__(self, title: str, *plots: BarPlot, subtitle: str = "", width: int = WIDTH) -> None:
        if not plots:
            raise LabError("A chart has at least one plot.")
        self.title = plain_text(title)
        self.subtitle = plain_text(subtitle)
        self.plots = plots
        self.width = width

    def __repr__(self) -> str:
        """Say what is drawn, without figures, which are others in each run."""
        drawn = "; ".join(
            f"{plot.what} ({', '.join(bar.label for bar in plot.bars)})" for plot in self.plots
        )
        return f"Bars: {self.title}. {plain_text(drawn)}."

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{html_text(_listed(plot))}</li>" for plot in self.plots)
        listed = f"<details><summary>The same in figures</summary><ul>{items}</ul></details>"
        return figure("lk-chart", self.svg, self.title, listed)

    @property
    def svg(self) -> str:
        """The drawing."""
        room = self.width - 2 * EDGE
        title = xml_text(shortened(self.title, room / BOLD))
        parts = [f'<text class="title" x="{EDGE}" y="26">{title}</text>']
        y = TITLE + 8
        if self.subtitle:
            subtitle = xml_text(shortened(self.subtitle, room))
            parts.append(f'<text class="subtitle" x="{EDGE}" y="{26 + SUBTITLE}">{subtitle}</text>')
            y += SUBTITLE
        left, right = self._margins()
        for plot in self.plots:
            parts += _drawn(plot, y, left, right, self.width)
            y += HEADING + ROW * len(plot.bars) + FOOT
        told = " ".join([self.subtitle, *(f"{_listed(plot)}." for plot in self.plots)]).strip()
        return drawing(self.width, y + 8, self.title, told, STYLES, parts)

    def _margins(self) -> tuple[float, float]:
        """Return where bars begin, and how far they reach: words are on both sides of them."""
        bars = [bar for plot in self.plots for bar in plot.bars]
        labels = max(text_width(plain_text(bar.label)) for bar in bars)
        figures = max(text_width(bar.words) for bar in bars)
        left = EDGE + min(labels, self.width * 0.35) + GAP
        return left, max(left + 60, self.width - EDGE - min(figures, self.width * 0.3) - GAP)


def _drawn(plot: BarPlot, y: float, left: float, right: float, width: int) -> Iterator[str]:
    """Draw a plot below a height: its heading, its axis and its bars."""
    scale = make_scale([value for bar in plot.bars for value in bar.figures], left, right, 62)
    heading = xml_text(shortened(plain_text(plot.what), width - 2 * EDGE))
    yield f'<text class="what" x="{EDGE}" y="{y + 24}">{heading}</text>'
    top, foot = y + HEADING - 6, y + HEADING + ROW * len(plot.bars)
    for x, words in scale.ticks:
        yield f'<line class="grid" x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{foot + TICK}"/>'
        yield f'<text class="tick" x="{x:.1f}" y="{foot + TICK + 14}">{words}</text>'
    yield f'<line class="axis" x1="{left:.1f}" y1="{top}" x2="{left:.1f}" y2="{foot}"/>'
    for number, bar in enumerate(plot.bars):
        yield from _bar(bar, y + HEADING + ROW * number + ROW / 2, scale, width)


def _bar(bar: Bar, y: float, scale: Scale, width: int) -> Iterator[str]:
    left, end = scale.start, scale(bar.median)
    label = xml_text(shortened(plain_text(bar.label), left - GAP - EDGE))
    yield f'<text class="bar-label" x="{left - GAP:.1f}" y="{y + 4}">{label}</text>'
    yield (
        f'<rect class="bar" x="{left:.1f}" y="{y - THICK / 2}" width="{end - left:.1f}" '
        f'height="{THICK}"/>'
    )
    lowest, highest = scale(min(bar.figures)), scale(max(bar.figures))
    if lowest < highest:
        ends = f"M{lowest:.1f},{y - CAP} v{2 * CAP} M{highest:.1f},{y - CAP} v{2 * CAP}"
        yield f'<path class="spread" d="M{lowest:.1f},{y} H{highest:.1f} {ends}"/>'
    x = max(end, highest) + GAP
    words = xml_text(shortened(bar.words, width - EDGE - x + GAP))
    yield f'<text class="bar-value" x="{x:.1f}" y="{y + 4}">{words}</text>'


def _listed(plot: BarPlot) -> str:
    """Return the figures of a plot as a line."""
    return f"{plot.what}: {'; '.join(f'{bar.label} {bar.words}' for bar in plot.bars)}"
