"""The view of a hearing: how far it is, what is measured now, and at the end how long it took."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import ipywidgets

from labkit.front_end.joiner import join_modules, join_styles
from labkit.measure.court.claim import Claim
from labkit.measure.court.court import Court
from labkit.untrusted import html_text
from labkit.views.shared.publisher import Publisher
from labkit.views.shared.widget import SnapshotWidget
from labkit.views.verdict.messages import HearingSnapshot


class _Widget(SnapshotWidget):
    _esm = join_modules("views/verdict/hearing_view.js")
    _css = join_styles("front_end/tokens.css", "views/verdict/hearing_view.css")


class HearingView:
    """Shows how far a court is. Its twins say what is measured, and nothing that changes.

    Parameters
    ----------
    court
        The court.
    claims
        The claims that it hears.
    """

    def __init__(self, court: Court, claims: Sequence[Claim]) -> None:
        self._court = court
        self._claims = claims
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._is_over = False
        layout = ipywidgets.Layout(flex="1 1 auto")
        self.widget = _Widget(state=self._snapshot(), layout=layout)
        self._publisher = Publisher(self.widget, self._snapshot, court.changes)

    def _snapshot(self) -> HearingSnapshot:
        return {
            "done": self._court.done,
            "wanted": self._court.wanted,
            "said": self._said,
            "over": self._is_over,
        }

    @property
    def _said(self) -> str:
        """What is measured at this moment, or how long it took."""
        done, wanted = self._court.done, self._court.wanted
        if self._is_over:
            seconds = self._loop.time() - self._began
            ended = "Measured" if done == wanted else "Ended"
            return f"{ended} in {seconds:.0f} s: {done} of {wanted} repeats."
        at_work = ", ".join(sitting.name.replace("_", " ") for sitting in self._court.at_work)
        return f"{done} of {wanted} repeats. {f'Now: {at_work}' if at_work else 'Waiting'}."

    @property
    def line(self) -> str:
        """The text twin: what is measured, without how far it is."""
        ids = ", ".join(claim.id for claim in self._claims)
        return f"Measuring {ids}"

    @property
    def heading(self) -> str:
        """Heading of the static twin, as HTML."""
        return "measurement"

    @property
    def body(self) -> str:
        """The static twin."""
        return html_text(self.line)

    def close(self) -> None:
        """Show how long it took, and follow no longer."""
        self._is_over = True
        self._publisher.close()
