"""The panels that are live."""

from __future__ import annotations

from labkit.bench.panels import MAX_PANELS, Panels


class Panel:
    """A panel that knows whether it was closed."""

    closed = False

    def close(self) -> None:
        """Stop following."""
        self.closed = True


def test_only_the_latest_panels_are_live() -> None:
    """The oldest is closed when there is one too many, and all are closed at the end."""
    panels, shown = Panels(), [Panel() for _ in range(MAX_PANELS + 1)]
    for panel in shown:
        panels.keep(panel)
    assert [panel.closed for panel in shown] == [True] + [False] * MAX_PANELS
    panels.close()
    assert all(panel.closed for panel in shown) and len(panels) == 0
