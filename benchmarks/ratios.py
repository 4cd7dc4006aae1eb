"""Pairs that are measured in turns, and the table of their ratios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.worker import Subject, Worker


@dataclass(frozen=True)
class Pair:
    """Something of labkit's beside the same thing without it.

    Attributes
    ----------
    title
        What is measured.
    unit
        Of the figures; more is better.
    ours, bare
        The two subjects.
    least
        The ratio ours / bare that is promised, None if none is.
    """

    title: str
    unit: str
    ours: Subject
    bare: Subject
    least: float | None = None


def measured(pair: Pair, repeats: int) -> list[tuple[float, float]]:
    """Measure both in turns, each first as often as the other; a warm-up does not count."""
    with Worker(pair.ours) as ours, Worker(pair.bare) as bare:
        ours.measure(), bare.measure()
        figures = []
        for repeat in range(repeats):
            if repeat % 2:
                figures.append((ours.measure(), bare.measure()))
            else:
                second = bare.measure()
                figures.append((ours.measure(), second))
    return figures


def report(pairs: Sequence[Pair], repeats: int) -> bool:
    """Measure and print a table; return whether every promise was kept."""
    kept = True
    print(f"| | ours | bare | ratio, median of {repeats} | lowest to highest | promised |")
    print("|---|---|---|---|---|---|")
    for pair in pairs:
        figures = measured(pair, repeats)
        ratios = [ours / bare for ours, bare in figures]
        ratio = median(ratios)
        good = pair.least is None or ratio >= pair.least
        kept = kept and good
        print(
            f"| {pair.title} | {median(f[0] for f in figures):,.0f} {pair.unit} "
            f"| {median(f[1] for f in figures):,.0f} {pair.unit} | **{ratio:.2f}** "
            f"| {min(ratios):.2f} to {max(ratios):.2f} "
            f"| {'' if pair.least is None else f'{pair.least:.2f}'}{'' if good else ' MISSED'} |",
            flush=True,
        )
    return kept
