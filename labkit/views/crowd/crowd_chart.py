"""The chart of a crowd: when its clients dialled, and how many were connected."""

from __future__ import annotations

from collections.abc import Sequence

from labkit.measure.counts import Counts
from labkit.measure.crowd import Crowd
from labkit.measure.simulation import Simulation
from labkit.views.chart import Chart, Plot, Series


def crowd_chart(
    shown: Crowd | Simulation, width: int, beside: Sequence[Crowd | Simulation] = ()
) -> Chart:
    """Return the chart of a live or a simulated crowd, as it is now.

    Parameters
    ----------
    shown
        The crowd.
    width
        Pixels across.
    beside
        Crowds whose charts stand beside it. With those that have as many clients, it shares its
        intervals and its scales, so that they can be compared.
    """
    x, more = "seconds since the server went away", ""
    if isinstance(shown, Crowd):
        x = "seconds since the crowd began"
        more = "; what came later is not recorded" if shown.is_full else ""
    compared = [shown, *(each for each in beside if each.clients == shown.clients)]
    counts, *others = _counts(compared)
    every = [counts, *others]
    each, most = f"each {counts.interval:g} s", f"at most {counts.most_attempts:,}"
    dialled = Series("attempts", _attempts(counts), "area")
    connected = Series("connected", _connected(counts), "steps")
    return Chart(
        shown.title,
        x,
        Plot(
            f"connection attempts in {each} ({most})",
            [dialled],
            most=max(one.most_attempts for one in every),
        ),
        Plot("clients connected", [connected], most=shown.clients),
        subtitle=f"{shown.comes_back}{more}",
        width=width,
        until=max(len(one.attempts) * one.interval for one in every),
    )


def _counts(crowds: Sequence[Crowd | Simulation]) -> list[Counts]:
    """Return the counts of crowds in the same intervals: a simulation's, or the longest."""
    live = [each for each in crowds if isinstance(each, Crowd)]
    fixed = [each.counts.interval for each in crowds if isinstance(each, Simulation)]
    interval = max(fixed or [each.counts().interval for each in live])
    return [each.counts(interval) if isinstance(each, Crowd) else each.counts for each in crowds]


def _attempts(counts: Counts) -> list[tuple[float, float]]:
    """Each interval's number, from its beginning to its end."""
    return [
        (round(number * counts.interval, 9), attempts)
        for number, attempts in enumerate([*counts.attempts, 0])
    ]


def _connected(counts: Counts) -> list[tuple[float, float]]:
    """Each interval's number, from its end on."""
    ends = enumerate(counts.connected, 1)
    return [(0, counts.before), *((round(n * counts.interval, 9), now) for n, now in ends)]
