"""The chart of a crowd: when its clients dialled, and how many were connected."""

from __future__ import annotations

from labkit.measure.counts import Counts
from labkit.measure.crowd import Crowd
from labkit.measure.simulation import Simulation
from labkit.views.chart import Chart, Plot, Series


def crowd_chart(shown: Crowd | Simulation, width: int) -> Chart:
    """Return the chart of a live or a simulated crowd, as it is now."""
    x = "seconds since the server went away"
    more = ""
    if isinstance(shown, Crowd):
        x = "seconds since the crowd began"
        more = "; what came later is not recorded" if shown.is_full else ""
        counts = shown.counts()
    else:
        counts = shown.counts
    each, most = f"each {counts.interval:g} s", f"at most {counts.most_attempts:,}"
    dialled = f"connection attempts in {each} ({most})"
    return Chart(
        shown.title,
        x,
        Plot(dialled, [Series("attempts", _attempts(counts), "area")]),
        Plot("clients connected", [Series("connected", _connected(counts), "steps")]),
        subtitle=f"{shown.comes_back}{more}",
        width=width,
    )


def _attempts(counts: Counts) -> list[tuple[float, float]]:
    """Each interval's number, from its beginning to its end."""
    return [
        (round(number * counts.interval, 9), attempts)
        for number, attempts in enumerate([*counts.attempts, 0])
    ]


def _connected(counts: Counts) -> list[tuple[float, float]]:
    """Each interval's number, from its end on, the last one for an interval more."""
    ends = enumerate([*counts.connected, *counts.connected[-1:]], 1)
    return [(0, counts.before), *((round(n * counts.interval, 9), now) for n, now in ends)]
