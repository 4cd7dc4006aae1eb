"""The view of a crowd: its chart, which follows a live crowd."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import ipywidgets

from labkit.front_end.joiner import join_modules
from labkit.measure.crowd import Crowd
from labkit.measure.simulation import Simulation
from labkit.observable import Observable
from labkit.untrusted import html_text, plain_text
from labkit.views.chart import Chart
from labkit.views.crowd.crowd_chart import crowd_chart
from labkit.views.crowd.messages import CrowdSnapshot
from labkit.views.shared.drawing import WIDTH
from labkit.views.shared.publisher import Publisher
from labkit.views.shared.widget import SnapshotWidget

REDRAW = 0.25
"""Seconds between two drawings. Not scaled: each counts all events anew, and serves the eye."""

SMALL = WIDTH // 2 - 8
"""Pixels of a chart that stands beside another view."""


class _Widget(SnapshotWidget):
    _esm = join_modules("views/crowd/crowd_view.js")


class CrowdView:
    """Shows what a live or a simulated crowd does.

    Parameters
    ----------
    shown
        The crowd.
    width
        Pixels across.
    beside
        Crowds that are shown beside it, in charts that can be compared.
    """

    def __init__(
        self,
        shown: Crowd | Simulation,
        width: int = WIDTH,
        beside: Sequence[Crowd | Simulation] = (),
    ) -> None:
        self.shown = shown
        self._width = width
        self._beside = beside
        self._redraws = Observable()
        self._due: asyncio.TimerHandle | None = None
        layout = ipywidgets.Layout(  # as wide as there is room: two stand side by side
            margin="0 8px 8px 0", flex="1 1 21em", max_width=f"{width}px"
        )
        self.widget = _Widget(state=self._snapshot(), layout=layout)
        self._publisher = Publisher(self.widget, self._snapshot, self._redraws)
        live = [each for each in (shown, *beside) if isinstance(each, Crowd)]
        self._subscriptions = [each.changes.subscribe(self._on_change) for each in live]

    def _on_change(self) -> None:
        if self._due is None and self._publisher.following:
            self._due = self._publisher.loop.call_later(REDRAW, self._redraw)

    def _redraw(self) -> None:
        self._due = None
        self._redraws.notify()

    def _snapshot(self) -> CrowdSnapshot:
        return {"svg": self.chart.svg}

    @property
    def chart(self) -> Chart:
        """The chart of this moment."""
        return crowd_chart(self.shown, self._width, self._beside)

    @property
    def line(self) -> str:
        """The text twin: what is shown, without figures, which are others in each run."""
        return plain_text(f"{self.shown.title}, {self.shown.comes_back}")

    @property
    def heading(self) -> str:
        """Heading of the static twin, as HTML."""
        name = f"crowd {self.shown.name}" if isinstance(self.shown, Crowd) else "simulation"
        return html_text(name)

    @property
    def body(self) -> str:
        """The static twin: the chart, and its figures as a list."""
        return self.chart._repr_html_()

    def close(self) -> None:
        """Show the last state and follow no longer."""
        for unsubscribe in self._subscriptions:
            unsubscribe()
        if self._due is not None:
            self._due.cancel()
        self._publisher.close()
