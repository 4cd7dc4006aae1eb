"""Charts: figures over time, or against each other, as inline SVG.

Axes begin at 0. Each line has its words beside it, and its dashes and marks besides its colour.
Plots of one chart stand below each other and share their horizontal axis.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from labkit.exceptions import LabError
from labkit.untrusted import html_text, plain_text, xml_text
from labkit.views.chart.bar import figure_words
from labkit.views.chart.scale import Scale, make_scale
from labkit.views.chart.series import Plot, Series
from labkit.views.shared.drawing import (
    BOLD,
    WIDTH,
    drawing,
    drawing_styles,
    figure,
    shortened,
    text_width,
)

EDGE = 16
"""Pixels between the border and what is drawn."""

HEIGHT, LOW = 230, 110
"""Pixels of the only plot of a chart, and of each of several."""

HEADING = 42
"""Pixels of a plot's heading."""

TITLE, SUBTITLE = 22, 18
"""Pixels of the chart's title, and of a line below it."""

TICK = 5
"""Pixels of a tick's line."""

LINE = 17
"""Pixels between two labels below each other."""

SAMPLE = 36
"""Pixels of the sample of a line between the axes and its label."""

MARK, GAP = 16, 18
"""Pixels of the sample of a mark in front of its label, and between two of those."""

FIGURES_SHOWN = 200
"""Figures of a series that the list below a chart gives."""

STYLES = drawing_styles("views/chart/chart.css")

_MARKS = (
    "M{x},{y} m-4,0 a4,4 0 1 0 8,0 a4,4 0 1 0 -8,0",
    "M{x},{y} m-4,-4 h8 v8 h-8 z",
    "M{x},{y} m0,-5 l5,9 h-10 z",
    "M{x},{y} m0,-5.5 l5.5,5.5 l-5.5,5.5 l-5.5,-5.5 z",
)
"""A circle, a square, a triangle and a diamond."""


class Chart:
    """A chart, which a notebook draws where it is the value of a cell.

    Parameters
    ----------
    title
        What it shows.
    x
        What the horizontal axis is, with its unit.
    plots
        The plots, from top to bottom.
    subtitle
        A second line below the title.
    width
        Pixels across.
    until
        A figure that the horizontal axis reaches at least, as `Plot.most` for the other one.

    Examples
    --------
    >>> measured = Series("measured", [(1, 1.2), (2, 2.1), (3, 3.4)])
    >>> Chart("Time to detection", "interval + timeout (s)", Plot("seconds", [measured]))
    Chart: Time to detection. seconds (measured) over interval + timeout (s).
    """

    def __init__(
        self,
        title: str,
        x: str,
        *plots: Plot,
        subtitle: str = "",
        width: int = WIDTH,
        until: float = 0.0,
    ) -> None:
        if not plots:
            raise LabError("A chart has at least one plot.")
        self.title = plain_text(title)
        self.subtitle = plain_text(subtitle)
        self.x = plain_text(x)
        self.plots = plots
        self.width = width
        self.until = until

    def __repr__(self) -> str:
        """Say what is drawn, without figures, which are others in each run."""
        drawn = "; ".join(
            f"{plot.what} ({', '.join(series.label for series in plot.series)})"
            for plot in self.plots
        )
        return f"Chart: {self.title}. {plain_text(drawn)} over {self.x}."

    def _repr_html_(self) -> str:
        lines = [
            _listed(self._name(plot, each), each) for plot in self.plots for each in plot.series
        ]
        items = "".join(f"<li>{html_text(line)}</li>" for line in lines)
        listed = f"<details><summary>The same in figures</summary><ul>{items}</ul></details>"
        return figure("lk-chart", self.svg, self.title, listed)

    def _name(self, plot: Plot, series: Series) -> str:
        """Return what a series is called where it stands beside those of all plots."""
        if len(self.plots) == 1:
            return series.label
        return f"{plot.what}, {series.label}" if len(plot.series) > 1 else plot.what

    @property
    def svg(self) -> str:
        """The drawing."""
        height = HEIGHT if len(self.plots) == 1 else LOW
        above = TITLE + (SUBTITLE if self.subtitle else 0)
        below = above + (HEADING + height) * len(self.plots)
        left, right = self._margins(height)
        figures = [x for plot in self.plots for series in plot.series for x, _ in series.points]
        across = make_scale([*figures, self.until], left, self.width - right, 62)
        room = self.width - 2 * EDGE
        title = xml_text(shortened(self.title, room / BOLD))
        parts = [f'<text class="title" x="{EDGE}" y="26">{title}</text>']
        if self.subtitle:
            subtitle = xml_text(shortened(self.subtitle, room))
            parts.append(f'<text class="subtitle" x="{EDGE}" y="{26 + SUBTITLE}">{subtitle}</text>')
        for number, plot in enumerate(self.plots):
            foot = above + (HEADING + height) * (number + 1)
            parts += _axes(plot, across, _upward(plot, foot, height), self.width)
        parts += [
            f'<text class="tick" x="{x:.1f}" y="{below + TICK + 14}">{words}</text>'
            for x, words in across.ticks
        ]
        words = xml_text(shortened(self.x, across.end - across.start))
        parts.append(f'<text class="x" x="{across.end:.1f}" y="{below + 42}">{words}</text>')
        told = " ".join([self.subtitle, *map(_described, self.plots)]).strip()
        return drawing(self.width, below + 54, self.title, told, STYLES, parts)

    def _margins(self, height: int) -> tuple[float, float]:
        """Return the room that figures need on the left, and labels on the right."""
        ticks = [words for plot in self.plots for _, words in _upward(plot, 0, height).ticks]
        labels = [each.label for plot in self.plots for _, each in _beside(plot)]
        widest = BOLD * max(map(text_width, labels), default=0.0)
        right = EDGE + (min(widest, self.width / 4) + SAMPLE if labels else 8)
        return EDGE + max(map(text_width, ticks)) + TICK, right


def _upward(plot: Plot, foot: float, height: int) -> Scale:
    figures = [y for series in plot.series for _, y in series.points]
    return make_scale([*figures, plot.most], foot, foot - height, 34)


def _axes(plot: Plot, across: Scale, upward: Scale, width: int) -> Iterator[str]:
    """Draw a plot: its heading, its axes, its series and their labels."""
    left, right, foot, top = across.start, across.end, upward.start, upward.end - 14
    start, legend = _legend(plot, top, width)
    yield from legend
    heading = xml_text(shortened(plain_text(plot.what), start - 2 * EDGE))
    yield f'<text class="what" x="{EDGE}" y="{top:.1f}">{heading}</text>'
    for y, words in upward.ticks:
        yield f'<line class="grid" x1="{left:.1f}" y1="{y:.1f}" x2="{right:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="figure" x="{left - TICK - 3:.1f}" y="{y + 4:.1f}">{words}</text>'
    for x, _ in across.ticks:
        yield f'<line class="axis" x1="{x:.1f}" y1="{foot}" x2="{x:.1f}" y2="{foot + TICK}"/>'
    yield f'<line class="axis" x1="{left:.1f}" y1="{foot}" x2="{right:.1f}" y2="{foot}"/>'
    for number, series in enumerate(plot.series):
        yield from _drawn(series, number, across, upward)
    yield from _labelled(_beside(plot), across, upward, width)


def _beside(plot: Plot) -> list[tuple[int, Series]]:
    """Return the series whose labels stand beside the axes, with their numbers.

    One alone needs none. A mark there would look like one more point.
    """
    several = [*enumerate(plot.series)] if len(plot.series) > 1 else []
    return [(number, series) for number, series in several if series.kind != "points"]


def _legend(plot: Plot, y: float, width: int) -> tuple[float, list[str]]:
    """Write marks and their labels to the right of the heading, and say where they begin."""
    several = [*enumerate(plot.series)] if len(plot.series) > 1 else []
    marked = [(number, series) for number, series in several if series.kind == "points"]
    x, parts = float(width - EDGE), list[str]()
    for number, series in reversed(marked):
        room = 0.6 * width / len(marked) - MARK - GAP
        label = shortened(plain_text(series.label), room / BOLD)
        x -= BOLD * text_width(label)
        parts.append(f'<text class="of s{number}" x="{x:.1f}" y="{y:.1f}">{xml_text(label)}</text>')
        parts.append(_mark(number, x - MARK / 2 - 3, y - 4))
        x -= MARK + GAP
    return (x if marked else float(width)), parts


def _drawn(series: Series, number: int, across: Scale, upward: Scale) -> Iterator[str]:
    places = [(across(x), upward(y)) for x, y in series.points]
    if not places:
        return
    if series.kind == "points":
        for x, y in places:
            yield _mark(number, x, y)
        return
    if series.kind == "line":
        path = " L".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield f'<path class="curve s{number}" d="M{path}"/>'
        return
    steps = " ".join(f"H{x:.1f} V{y:.1f}" for x, y in places)
    (x, y), foot = places[0], upward.start
    if series.kind == "area":
        yield f'<path class="fill s{number}" d="M{x:.1f},{foot} {steps} V{foot} Z"/>'
    yield f'<path class="curve s{number}" d="M{x:.1f},{y:.1f} {steps}"/>'


def _labelled(
    several: Sequence[tuple[int, Series]], across: Scale, upward: Scale, width: int
) -> Iterator[str]:
    """Write each series' label at the height of its last point, none over another."""
    lowest = upward.start
    named = dict(several)
    wanted = [
        (upward(series.points[-1][1]) if series.points else lowest, number)
        for number, series in several
    ]
    room = width - EDGE - across.end - SAMPLE
    foot = lowest
    for above, (y, number) in zip(
        range(len(wanted) - 1, -1, -1), sorted(wanted, reverse=True), strict=True
    ):
        foot = max(min(y, foot), upward.end + LINE * above)
        series, x = named[number], across.end + SAMPLE
        label = xml_text(shortened(plain_text(series.label), room / BOLD))
        sample = f"M{x - SAMPLE + 8:.1f},{foot:.1f} H{x - 6:.1f}"
        yield f'<path class="curve s{number}" d="{sample}"/>'
        yield f'<text class="of s{number}" x="{x:.1f}" y="{foot + 4:.1f}">{label}</text>'
        foot -= LINE


def _mark(number: int, x: float, y: float) -> str:
    path = _MARKS[number].format(x=f"{x:.1f}", y=f"{y:.1f}")
    return f'<path class="point s{number}" d="{path}"/>'


def _listed(name: str, series: Series) -> str:
    """Return the figures of a series as a line."""
    shown = series.points[:FIGURES_SHOWN]
    pairs = (f"{figure_words(y)} at {figure_words(x)}" for x, y in shown)
    more = len(series.points) - FIGURES_SHOWN
    return f"{name}: {', '.join(pairs)}{f' and {more} more' if more > 0 else ''}"


def _described(plot: Plot) -> str:
    """Say in a sentence what is to be seen."""
    return f"{plot.what}: {'; '.join(_span(each) for each in plot.series)}."


def _span(series: Series) -> str:
    figures = [y for _, y in series.points]
    if not figures:
        return f"{series.label}, no figures yet"
    least, most, last = map(figure_words, (min(figures), max(figures), figures[-1]))
    return f"{series.label} from {least} to {most}, {last} at the end"
