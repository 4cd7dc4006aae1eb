"""The verb for the court: measure claims, and see the verdicts."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, overload

from labkit import bench
from labkit.exceptions import LabError
from labkit.shadows import explain_shadows
from labkit.shell.running import running_shell

if TYPE_CHECKING:
    from labkit.measure.court.claim import Claim
    from labkit.views.verdict.verdicts import Verdicts


@overload
def verdicts() -> Verdicts: ...
@overload
def verdicts(*which: str, repeats: int | None = None) -> Coroutine[Any, Any, Verdicts]: ...


@explain_shadows()
def verdicts(*which: str, repeats: int | None = None) -> Verdicts | Coroutine[Any, Any, Verdicts]:
    """Measure what is said about raw WebSocket and Socket.IO; without arguments, list it all.

    What was measured is kept in your copy of the course, so the list has the verdicts of earlier
    days, too, and says from when they are. All claims take about 40 s on a machine with two cores
    that does nothing else.

    Parameters
    ----------
    which
        Ids of claims, such as "latency.connected"; topics, which are what ids begin with, such as
        "latency"; or "all".
    repeats
        How often an experiment is measured whose figures differ from time to time; by default as
        often as it needs, most of them 7 times, or as the environment variable `LABKIT_REPEATS`
        says. What is the same each time is measured once.

    Returns
    -------
    Verdicts
        Once awaited: a table, which is the same each time as long as the verdicts are. Its
        `figures` are a table of what was measured, with the spread, and `chart("latency")` draws
        it. Without arguments, the table of all claims.

    Raises
    ------
    LabError
        If there is no such claim; the text suggests the nearest id. If `repeats` makes no sense.
        An experiment that fails raises nothing: the verdict is "not measured", with the reason.

    Examples
    --------
    >>> await lab.verdicts("latency", "memory.connection", repeats=14)
    """
    from labkit.measure.court.catalogue import find_claims
    from labkit.measure.court.court import checked_repeats

    if which:
        claims = find_claims(*which)
        checked_repeats(repeats)
        return _verdicts(claims, repeats)
    if repeats is not None:
        raise LabError(f'Say what to measure: `await lab.verdicts("all", repeats={repeats!r})`.')
    return _kept()


def _kept() -> Verdicts:
    """Return the verdicts on all claims, by what was measured last."""
    from labkit.measure.court.claims import CLAIMS
    from labkit.measure.court.court import judge
    from labkit.measure.court.results import results
    from labkit.views.verdict.verdicts import Verdicts

    measured = results.measured()
    repeats = {name: each.repeats for name, each in measured.items()}
    return Verdicts([judge(claim, repeats) for claim in CLAIMS], measured, results.note)


async def _verdicts(claims: list[Claim], repeats: int | None) -> Verdicts:
    from labkit.measure.court.court import Court
    from labkit.measure.court.experiments import EXPERIMENTS
    from labkit.measure.court.results import results
    from labkit.views.panel import Panel
    from labkit.views.verdict.hearing_view import HearingView
    from labkit.views.verdict.verdicts import Verdicts

    court = Court(EXPERIMENTS, results.record)
    panel = Panel([HearingView(court, claims)])
    bench.current().panels.keep(panel)
    _display(panel)
    try:
        found = await court.hear(claims, repeats)
    finally:
        panel.close()
    return Verdicts(found, results.measured())


_verdicts.__name__ = _verdicts.__qualname__ = "verdicts"  # what a forgotten `await` is told with


def _display(panel: Any) -> None:
    """Show a panel below the cell that runs, if one does."""
    if running_shell() is not None:
        from IPython.display import display

        display(panel)  # type: ignore[no-untyped-call]
