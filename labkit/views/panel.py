"""What `lab.show` returns: views side by side, with twins for readers without a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import ipywidgets

# styles, not attributes of HTML: those lose against Jupyter's style sheet
LEFT = 'style="text-align:left"'
TOP_LEFT = 'style="text-align:left;vertical-align:top"'


class View(Protocol):
    """A view that can stand in a panel."""

    widget: Any

    @property
    def line(self) -> str:
        """The text twin, one line."""
        ...

    @property
    def heading(self) -> str:
        """The static twin's heading, as HTML."""
        ...

    @property
    def body(self) -> str:
        """The static twin, as HTML."""
        ...

    def close(self) -> None:
        """Show the last state and follow no longer."""
        ...


class Panel:
    """Views side by side; they wrap where there is little room.

    A front end with a kernel shows the live widgets. A reader on the web sees the static twin,
    which holds no times and no ports, so that it is the same in each run.

    Parameters
    ----------
    views
        What stands in it, from left to right.
    """

    def __init__(self, views: Sequence[View]) -> None:
        self.views = list(views)
        row = ipywidgets.Layout(display="flex", flex_flow="row wrap", width="100%")
        self._row = ipywidgets.Box([view.widget for view in self.views], layout=row)

    def close(self) -> None:
        """Stop following; the last state stays on the page."""
        for view in self.views:
            view.close()

    @property
    def html(self) -> str:
        """The static twin of all views, as a table of one column each."""
        heads = "".join(f'<th scope="col" {LEFT}>{view.heading}</th>' for view in self.views)
        cells = "".join(f"<td {TOP_LEFT}>{view.body}</td>" for view in self.views)
        return (
            f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody><tr>{cells}</tr></tbody>\n</table>"
        )

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        live = self._row._repr_mimebundle_(**options)
        bundle = live[0] if isinstance(live, tuple) else live
        return {**(bundle or {}), "text/html": self.html, "text/plain": repr(self)}

    def __repr__(self) -> str:
        return " | ".join(view.line for view in self.views)
