"""The front end's half of a view: a widget with one trait, the whole snapshot."""

from __future__ import annotations

import anywidget
import traitlets

from labkit.front_end.joiner import join_styles


class SnapshotWidget(anywidget.AnyWidget):
    """Shows the last snapshot; messages both ways are actions and their answers.

    Each view has its own, with `_esm`, the script, and `_css`, the style sheet.
    """

    state = traitlets.Dict().tag(sync=True)


def box_styles(*paths: str) -> str:
    """Return style sheets of a view, by their paths in `labkit/`, with all that boxes share."""
    shared = ("front_end/tokens.css", "front_end/base.css", "views/shared/box.css")
    return join_styles(*shared, *paths)
