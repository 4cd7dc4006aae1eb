"""The figures behind verdicts: medians with their spread, and where they were measured.

They are others in each run, so a notebook shows them in a cell whose output is not compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from labkit.front_end.joiner import join_styles
from labkit.measure.court.claim import Part
from labkit.measure.court.claims import CLAIMS
from labkit.measure.court.results import Measured
from labkit.measure.court.verdict import Finding, Verdict
from labkit.untrusted import NOT_TEX, html_text, plain_text
from labkit.views.chart import Bar, BarChart, BarPlot
from labkit.views.chart.bar import MAX_BARS, figure_words, spread_words

STYLE = join_styles("front_end/tokens.css", "front_end/card.css", "views/verdict/verdicts.css")

UNITS = {
    (part.experiment, part.figure): f" ({part.unit})"
    for claim in CLAIMS
    for part in claim.parts
    if part.unit
}
"""Of figures by which other claims are judged."""

HEADS = ("Claim", "Figure", "More", "Less", "Ratio", "Line", "Verdict")


class Figures:
    """The figures behind verdicts, as a table with a row for each part of a claim.

    Parameters
    ----------
    verdicts
        The verdicts.
    measured
        The experiments behind them, by name.
    """

    def __init__(self, verdicts: Sequence[Verdict], measured: Mapping[str, Measured]) -> None:
        self._verdicts = [verdict for verdict in verdicts if verdict.findings]
        self._measured = measured

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The cells of each row, as texts."""
        return [
            (verdict.claim.id, *_cells(finding))
            for verdict in self._verdicts
            for finding in verdict.findings
        ]

    @property
    def notes(self) -> list[str]:
        """What is counted, and of each experiment what ran where, how often, and on what machine.

        When is said of what was measured before this kernel began.
        """
        counted = [f"{each.claim.id}: {each.claim.counted}" for each in self._verdicts]
        names = dict.fromkeys(name for each in self._verdicts for name in each.claim.experiments)
        return [*counted, *(f"The experiment {self._note(name)}" for name in names)]

    def _note(self, name: str) -> str:
        measured = self._measured[name]
        count = len(measured.repeats)
        repeats = f"{count} repeat{'' if count == 1 else 's'}"
        others = "; ".join(self._others(name))
        shown = f". Also measured: {others}" if others else ""
        when = "" if measured.is_here else f"{measured.at}, "
        where = f"{measured.topology}; {repeats}, {when}{measured.machine}"
        return f"{name}: {where}{shown}."

    def _others(self, name: str) -> Iterator[str]:
        """Return the figures of an experiment by which none of these is judged, in words."""
        judged = {
            part.figure
            for verdict in self._verdicts
            for part in verdict.claim.parts
            if part.experiment == name
        }
        for figure in self._measured[name].repeats[0]:
            if figure not in judged:
                bars = _bars(self._measured[name], figure)
                told = ", ".join(f"{bar.label} {bar.words}" for bar in bars)
                yield f"{figure}{UNITS.get((name, figure), '')}: {told}"

    def __repr__(self) -> str:
        rows = [HEADS, *self.rows]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return plain_text("\n".join([*lines, *self.notes]), lines=True)

    def _repr_html_(self) -> str:
        heads = "".join(f'<th scope="col">{head}</th>' for head in HEADS)
        rows = "".join(map(_row, self.rows))
        notes = "".join(f'<p class="lk-verdicts-note">{html_text(n)}</p>\n' for n in self.notes)
        return (
            f'<section class="lk-card lk-verdicts lk-tokens {NOT_TEX}"><style>{STYLE}</style>'
            "<table>\n<caption>Medians, and the lowest and highest repeat</caption>\n"
            f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n{notes}</section>"
        )


def verdict_chart(
    title: str, verdicts: Sequence[Verdict], measured: Mapping[str, Measured]
) -> BarChart:
    """Return the figures of claims as bars: a plot for each figure, with all its subjects.

    Parameters
    ----------
    title
        What is drawn: a claim's id, or a topic.
    verdicts
        The verdicts, which are measured.
    measured
        The experiments behind them, by name.
    """
    drawn: dict[tuple[str, str], list[Part]] = {}
    for part in (part for verdict in verdicts for part in verdict.claim.parts):
        drawn.setdefault((part.experiment, part.figure), []).append(part)
    plots = []
    for (experiment, figure), parts in drawn.items():
        differ = len({part.name for part in parts}) > 1  # in their subjects, which are all drawn
        what = figure if differ else _what(parts[0])
        unit = f" ({parts[0].unit})" if parts[0].unit else ""
        bars = _bars(measured[experiment], figure)[:MAX_BARS]
        plots.append(BarPlot(f"{what}{unit}", bars))
    machines = " and ".join(sorted({measured[name].machine for name, _ in drawn}))
    return BarChart(title, *plots, subtitle=machines)


def _what(part: Part) -> str:
    return f"{part.figure} {part.name}" if part.name and part.name != part.figure else part.figure


def _bars(measured: Measured, figure: str) -> list[Bar]:
    subjects = measured.repeats[0][figure]
    return [
        Bar(subject, [repeat[figure][subject] for repeat in measured.repeats])
        for subject in subjects
    ]


def _cells(finding: Finding) -> tuple[str, ...]:
    part = finding.part
    more = spread_words([more for more, _ in finding.figures])
    what = f"{_what(part)}, {part.unit}" if part.unit else _what(part)
    line = figure_words(part.line)
    if not part.less:
        return what, f"{part.more}: {more}", "", "", line, finding.word
    less = spread_words([less for _, less in finding.figures])
    has_any = any(more or less for more, less in finding.figures)
    ratio = spread_words(finding.ratios) if has_any else "both 0"
    return what, f"{part.more}: {more}", f"{part.less}: {less}", ratio, line, finding.word


def _row(cells: tuple[str, ...]) -> str:
    id, *others = cells
    figures = "".join(f'<td class="lk-verdicts-figure">{html_text(cell)}</td>' for cell in others)
    return f'<tr><th scope="row"><code>{html_text(id)}</code></th>{figures}</tr>\n'
