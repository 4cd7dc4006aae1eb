"""The view of what is delivered in a run, or in many: counters that follow, and the verdict."""

from __future__ import annotations

from typing import Protocol

import ipywidgets

from labkit.delivery.failing_part import FailingPart
from labkit.delivery.tally import Tally
from labkit.front_end.joiner import join_modules, join_styles
from labkit.observable import Observable
from labkit.untrusted import NOT_TEX, html_text, plain_text
from labkit.views.delivery.messages import DeliverySnapshot
from labkit.views.ladder.failing_ladder import FailingLadder
from labkit.views.shared.publisher import Publisher
from labkit.views.shared.widget import SnapshotWidget


class Trial(Protocol):
    """A run, or a search through many runs; its `repr` says the same whenever a cell is run."""

    @property
    def tally(self) -> Tally:
        """How many messages were said, lost, duplicated and reordered."""
        ...

    @property
    def part(self) -> FailingPart | None:
        """The smallest part that shows that a promise was broken; None if it was not."""
        ...

    @property
    def changes(self) -> Observable:
        """Notified when something has happened."""
        ...


class _Widget(SnapshotWidget):
    _esm = join_modules("views/delivery/delivery_view.js")
    _css = join_styles("front_end/tokens.css", "views/delivery/delivery.css")


class DeliveryView:
    """Shows what is said, lost, duplicated and reordered, and in the end what proves the verdict.

    It counts messages, as the verdict's sentence does, and says of which runs. Its twins have no
    numbers: how many messages a fault stops on their way differs between runs.

    Parameters
    ----------
    shown
        The run, or the search.
    """

    def __init__(self, shown: Trial) -> None:
        self.shown = shown
        layout = ipywidgets.Layout(flex="1 1 auto", margin="0 8px 8px 0")
        self.widget = _Widget(state=self._snapshot(), layout=layout)
        self._publisher = Publisher(self.widget, self._snapshot, shown.changes)

    def _snapshot(self) -> DeliverySnapshot:
        ladder, tally = self.ladder, self.shown.tally
        return {
            "counted": tally.title,
            "messages": tally.said,
            "lost": tally.lost if tally.runs else None,
            "duplicated": tally.duplicated if tally.runs else None,
            "reordered": tally.reordered if tally.runs else None,
            "said": self._said,
            "svg": ladder.svg if ladder else "",
            "part": repr(ladder) if ladder else "",
        }

    @property
    def _said(self) -> str:
        return plain_text(repr(self.shown), lines=True)

    @property
    def ladder(self) -> FailingLadder | None:
        """The smallest part that proves that a promise was broken; None if it was not."""
        part = self.shown.part
        return FailingLadder(part) if part else None

    @property
    def line(self) -> str:
        """The text twin: what is said, in its first line."""
        return self._said.partition("\n")[0]

    @property
    def heading(self) -> str:
        """Heading of the static twin, as HTML."""
        return "deliveries"

    @property
    def body(self) -> str:
        """The static twin: what is said, and the ladder with its list."""
        ladder = self.ladder
        lines = "\n".join(html_text(line) for line in self._said.splitlines())
        said = f'<pre class="{NOT_TEX}">{lines}</pre>'
        return said + (ladder._repr_html_() if ladder else "")

    def close(self) -> None:
        """Show the last state and follow no longer."""
        self._publisher.close()
