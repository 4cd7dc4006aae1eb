"""The view of a link: what crosses it, row by row, and each row opened into its layers."""

from __future__ import annotations

import json

from labkit.front_end.joiner import join_modules
from labkit.links import Link
from labkit.observable import Observable
from labkit.trace.layers import Layer
from labkit.trace.matches import Filter, Matches
from labkit.trace.rows import FATES, Row, idle_words, steady
from labkit.untrusted import html_text, plain_text
from labkit.views.link.messages import (
    Export,
    HarFile,
    LinkAction,
    LinkResult,
    LinkSnapshot,
    OpenRow,
    RowDetails,
    Rows,
    ShownLayer,
    ShownRow,
    Window,
)
from labkit.views.shared.acting import ActingView
from labkit.views.shared.actions import Actions
from labkit.views.shared.clip import clip
from labkit.views.shared.widget import SnapshotWidget, box_styles

READ_INTERVAL = 0.1
"""Seconds between two readings of the record. Not scaled: it serves the eye."""

STEP = 0.02
"""Seconds that one reading may decode: a long record is decoded in turns, so that nobody waits."""

WINDOW = 200
"""Rows that one answer holds at most; the page asks for those that are in sight."""

FILTERS = 8
"""Filters whose matches are remembered."""

IN_TWIN = 40
"""Rows of the static twin."""

SHOWN_FROM = 0.002
"""Seconds that a message must have been in the link for that to be shown."""


class _Widget(SnapshotWidget):
    _esm = join_modules("views/link/wire_view.js")
    _css = box_styles("front_end/layers.css", "views/link/wire_view.css")


_ACTIONS: Actions[LinkAction] = Actions(Window, OpenRow, Export)


class WireView(ActingView[LinkAction]):
    """Shows what crosses a link.

    Parameters
    ----------
    link
        What is shown.
    """

    _released = ""  # the record can still be looked through

    def __init__(self, link: Link) -> None:
        self.link = link
        self._lens = link.trace.lens
        self._matches: dict[Filter, Matches] = {}
        self._kinds: set[str] = set()
        self._seen = 0
        self._began: float | None = None
        self._told = 0
        self._changes = Observable()
        self._lens.read(STEP)
        super().__init__(_Widget, _ACTIONS, self._changes, link.changes)
        self._watch()

    def _watch(self) -> None:
        if not self._publisher.following:
            return
        # first: a reading that fails is not the last
        self._publisher.loop.call_later(READ_INTERVAL, self._watch)
        leavings = self._leavings()
        if self._lens.behind or leavings != self._told:
            self._told = leavings
            self._lens.read(STEP)
            self._changes.notify()

    def _leavings(self) -> int:
        """Count what is newly known of when bytes left the link, and of those that never will."""
        return sum(passage.changes for passage in self.link.trace.passages.values())

    def _snapshot(self, following: bool) -> LinkSnapshot:
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
            "leavings": self._leavings(),
            "kinds": sorted(self._kinds),
        }

    async def _do(self, action: LinkAction) -> LinkResult:
        if action["kind"] == "window":
            return self._window(action)
        return self._details(action["number"]) if action["kind"] == "row" else self._har()

    def _window(self, window: Window) -> Rows:
        wanted = Filter(window["direction"], window["of"], window["text"], window["heartbeats"])
        matches = self._matches.pop(wanted, None) or Matches(self._lens, wanted)
        self._matches[wanted] = matches  # the last used is the last to be forgotten
        if len(self._matches) > FILTERS:
            del self._matches[next(iter(self._matches))]
        matches.update()
        rows = matches.rows
        size = max(0, min(window["rows"], WINDOW))
        first = len(rows) - size if window["first"] < 0 else window["first"]
        first = max(0, min(first, len(rows) - size))
        return {
            "first": first,
            "matching": len(rows),
            "hidden": len(matches.hidden),
            "hasOpened": matches.has(window["opened"]),
            "rows": [self._line(row) for row in rows[first : first + size]],
        }

    def _line(self, row: Row) -> ShownRow:
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
            "fate": _fate(row),
        }

    def _details(self, number: int) -> RowDetails:
        row = next(iter(self._lens.decoded_since(number - 1)), None)
        if row is None or row.number != number:
            return {"number": number, "line": None, "layers": []}
        layers = [_opened(layer) for layer in row.layers]
        return {"number": number, "line": self._line(row), "layers": layers}

    def _har(self) -> HarFile:
        return {
            "name": f"{plain_text(self.link.name)}.har",
            "text": json.dumps(self.link.trace.to_har()),
        }

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
        """The static twin: the rows that are the same in each run, without times, as HTML.

        How many heartbeats there were is another in each run, so they are hidden without a number.
        """
        kept = self.link.trace.rows()
        rows = steady(kept)
        hidden = idle_words(kept, "Heartbeats")
        earlier = [f"<i>({len(rows) - IN_TWIN} earlier rows)</i>"] if len(rows) > IN_TWIN else []
        if dropped := self._lens.first - 1:
            earlier.insert(0, f"<i>({dropped} earlier rows were dropped to save memory)</i>")
        lines = [*earlier, *(_static(row) for row in rows[-IN_TWIN:])]
        return "<br>\n".join([*lines, f"<i>{hidden} are hidden.</i>"])


def _opened(layer: Layer) -> ShownLayer:
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


def _fate(row: Row) -> str:
    """Say what became of a row in the link, and how long it took; "" if faults did nothing."""
    words = FATES[row.fate]
    if row.left is None or row.left - row.time < SHOWN_FROM:
        return words
    late = f"left after {row.left - row.time:.3f} s"
    return f"{words}, {late}" if words else late


def _static(row: Row) -> str:
    size = f" {row.size} B" if row.size else ""
    wrong = f" <i>! {html_text(row.problem)}</i>" if row.problem else ""
    wrong += f" <i>({FATES[row.fate]})</i>" if FATES[row.fate] else ""
    content = f" {html_text(row.content)}" if row.content else ""
    return f"{row.arrow} <b>{html_text(row.kind)}</b>{size}{content}{wrong}"
