"""The view of a link: what crosses it, row by row, and each row opened into its layers."""

from __future__ import annotations

import json
from typing import Any

import anywidget
import traitlets

from labkit.front_end.joiner import join_modules, join_styles
from labkit.links import Link
from labkit.observable import Observable
from labkit.trace.layers import Layer
from labkit.trace.matches import Filter, Matches
from labkit.trace.rows import Row, steady
from labkit.transports.origin_policy import note_jupyter_page
from labkit.untrusted import html_text, plain_text
from labkit.views.shared.actions import OF_WIRE, Refused, Request, read
from labkit.views.shared.clip import clip
from labkit.views.shared.publisher import Publisher

LOOK = 0.1
"""Seconds between two looks at the record. Not scaled: it serves the eye."""

STEP = 0.02
"""Seconds that one look may decode: a long record is decoded in turns, so that nobody waits."""

WINDOW = 200
"""Rows that one answer holds at most; the page asks for those that are in sight."""

FILTERS = 8
"""Filters whose matches are remembered."""

IN_TWIN = 40
"""Rows of the static twin."""


class _Widget(anywidget.AnyWidget):
    """The front end's half. It has one trait, the whole state; rows come when asked for."""

    _esm = join_modules("views/link/wire_view.js")
    _css = join_styles("views/shared/box.css", "views/link/wire_view.css")
    state = traitlets.Dict().tag(sync=True)


class WireView:
    """Shows what crosses a link.

    Parameters
    ----------
    link
        What is shown.
    """

    def __init__(self, link: Link) -> None:
        self.link = link
        self._lens = link.trace.lens
        self._matches: dict[Filter, Matches] = {}
        self._kinds: set[str] = set()
        self._seen = 0
        self._began: float | None = None
        self._changes = Observable()
        self._lens.read(STEP)
        self.widget = _Widget(state=self._look(True))
        self._publisher = Publisher(
            self.widget,
            lambda: self._look(self._publisher.following),
            self._changes,
            link.changes,
        )
        self.widget.on_msg(self._arrived)
        self._watch()

    def _watch(self) -> None:
        if not self._publisher.following:
            return
        self._publisher.loop.call_later(LOOK, self._watch)  # first: one that fails is not the last
        if self._lens.behind:
            self._lens.read(STEP)
            self._changes.notify()

    def _look(self, following: bool) -> dict[str, Any]:
        for row in self._lens.decoded_since(self._seen):
            self._kinds.add(row.kind)
            self._began = row.time if self._began is None else self._began
        self._seen = self._lens.count
        return {
            "following": following,
            "name": plain_text(self.link.name),
            "link": self.link.state,
            "connectionCount": self.link.connection_count,
            "count": self._lens.count,
            "dropped": self._lens.first - 1,
            "kinds": sorted(self._kinds),
        }

    def _arrived(self, widget: object, content: object, buffers: object) -> None:
        self._publisher.call(self.receive, content)  # whatever thread this is

    def receive(self, content: object) -> None:
        """Answer a message of the front end, on the link's loop."""
        try:
            request = read(content, OF_WIRE)
        except Refused as reason:
            self.widget.send({"kind": "refused", "id": reason.id, "why": str(reason)})
            return
        if request.kind == "page":
            note_jupyter_page(request.origin)
            return
        answer = {"window": self._window, "row": self._row, "har": self._har}[request.kind]
        self.widget.send({"kind": request.kind, "id": request.id, **answer(request)})

    def _window(self, request: Request) -> dict[str, Any]:
        wanted = Filter(request.direction, request.of, request.text)
        matches = self._matches.pop(wanted, None) or Matches(self._lens, wanted)
        self._matches[wanted] = matches  # the last used is the last to be forgotten
        if len(self._matches) > FILTERS:
            del self._matches[next(iter(self._matches))]
        matches.update()
        rows = matches.rows
        size = max(0, min(request.rows, WINDOW))
        first = len(rows) - size if request.first < 0 else request.first
        first = max(0, min(first, len(rows) - size))
        return {
            "first": first,
            "matching": len(rows),
            "rows": [self._line(row) for row in rows[first : first + size]],
        }

    def _line(self, row: Row) -> dict[str, Any]:
        began = row.time if self._began is None else self._began
        return {
            "n": row.number,
            "at": round(row.time - began, 6),
            "connection": row.connection,
            "direction": row.direction,
            "arrow": row.arrow,
            "kind": row.kind,
            "size": row.size,
            "text": clip(row.content, 300),
            "problem": clip(row.problem, 300),
        }

    def _row(self, request: Request) -> dict[str, Any]:
        found = self._lens.decoded_since(request.number - 1)
        if not found or found[0].number != request.number:
            return {"number": request.number, "layers": [], "gone": True}
        return {
            "number": request.number,
            "line": self._line(found[0]),
            "layers": [_opened(layer) for layer in found[0].layers],
            "gone": False,
        }

    def _har(self, request: Request) -> dict[str, Any]:
        return {
            "name": f"{plain_text(self.link.name)}.har",
            "text": json.dumps(self.link.trace.to_har()),
        }

    def close(self) -> None:
        """Show the last state and follow the link no longer."""
        self._publisher.close()

    def _steady(self) -> list[Row]:
        return steady(self.link.trace.rows())

    @property
    def line(self) -> str:
        """The text twin: one line, the same in each run."""
        return f"link {plain_text(self.link.name)}: {self.link.state}, {len(self._steady())} rows"

    @property
    def heading(self) -> str:
        """Heading of the static twin, as HTML."""
        return f"link {html_text(self.link.name)}, {self.link.state}"

    @property
    def body(self) -> str:
        """The static twin: the rows that are the same in each run, without times, as HTML."""
        rows = self._steady()
        earlier = [f"<i>({len(rows) - IN_TWIN} earlier rows)</i>"] if len(rows) > IN_TWIN else []
        if dropped := self._lens.first - 1:
            earlier.insert(0, f"<i>({dropped} earlier rows were dropped to save memory)</i>")
        return "<br>\n".join([*earlier, *(_static(row) for row in rows[-IN_TWIN:])])


def _opened(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "summary": clip(layer.summary, 300),
        "added": layer.added,
        "fields": [
            {
                "name": clip(field.name, 300),
                "value": clip(field.value, 300),
                "meaning": clip(field.meaning, 300),
                "hex": layer.raw[field.start : field.start + min(field.length, 64)].hex(" "),
                "more": max(0, field.length - 64),
            }
            for field in layer.fields
        ],
    }


def _static(row: Row) -> str:
    size = f" {row.size} B" if row.size else ""
    wrong = f" <i>! {html_text(row.problem)}</i>" if row.problem else ""
    content = f" {html_text(row.content)}" if row.content else ""
    return f"{row.arrow} <b>{html_text(row.kind)}</b>{size}{content}{wrong}"
