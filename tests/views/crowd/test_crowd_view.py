"""The view of a crowd: a chart that follows, and its twins."""

from __future__ import annotations

from types import ModuleType
from xml.etree import ElementTree

import pytest

from labkit.backoff import Backoff
from labkit.measure.simulation import simulate
from labkit.views import make_panel
from labkit.views.crowd import crowd_view
from labkit.views.crowd.crowd_view import CrowdView
from tests.conftest import soon

SIMULATION = simulate(1000, Backoff(1, factor=1, jitter="none"))


@pytest.mark.exhaustive
async def test_a_live_crowd_is_followed(lab: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """What its clients do is drawn soon; after the end, the last chart stays."""
    monkeypatch.setattr(crowd_view, "REDRAW", 0.01)
    crowd = await lab.crowd(await lab.serve("websocket"), 2)
    shown = lab.show(crowd)
    (view,) = shown.views
    before = view.widget.state["svg"]
    crowd.link.cut()
    await soon(lambda: view.widget.state["svg"] != before)
    await crowd.until_connected(0)
    await lab.close()
    assert view.widget.state["svg"] == view.chart.svg
    assert "connected from 0 to 2, 0 at the end" in view.widget.state["svg"]


async def test_a_change_is_not_drawn_for_each_event(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A burst of events makes one drawing, and a view that is closed makes none."""
    monkeypatch.setattr(crowd_view, "REDRAW", 0.01)
    view = CrowdView(SIMULATION)
    drawn: list[None] = []
    view._redraws.subscribe(lambda: drawn.append(None))
    for _ in range(100):
        view._on_change()
    await soon(lambda: drawn)
    view._on_change()
    view.close()
    await soon(lambda: view._due is not None and view._due.cancelled())
    assert len(drawn) == 1


async def test_the_twins_of_a_simulation(lab: ModuleType) -> None:
    """One line without figures, and the chart with its figures as a list."""
    panel = make_panel(SIMULATION)
    assert repr(panel) == "1,000 simulated clients, back after 1 s, no jitter"
    bundle = panel._repr_mimebundle_()
    assert "<li>connection attempts in each 0.1 s (at most 1,000): 0 at 0, " in bundle["text/html"]
    assert '<figure class="lk-figure lk-chart' in bundle["text/html"]
    panel.close()


async def test_two_charts_stand_side_by_side(lab: ModuleType) -> None:
    """Each then takes half of the page's width; one alone takes all of it."""
    for parts, width in (((SIMULATION,), 836), ((SIMULATION, SIMULATION), 410)):
        panel = lab.show(*parts)
        drawn = [ElementTree.fromstring(view.widget.state["svg"]) for view in panel.views]
        assert [svg.get("width") for svg in drawn] == [str(width)] * len(parts)


async def test_charts_beside_each_other_know_each_other(lab: ModuleType) -> None:
    """The axes of both reach as far as the longer one of two simulations."""
    slow = simulate(1000, Backoff(9, factor=1, cap=9, jitter="none"))
    panel = make_panel(SIMULATION, slow)
    assert [view.chart.until for view in panel.views] == [pytest.approx(9.1)] * 2
    panel.close()
