"""The chart of a crowd: what is counted, and where it stands."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.backoff import Backoff
from labkit.links import Link
from labkit.measure import crowd as module
from labkit.measure.counts import Event
from labkit.measure.crowd import Crowd
from labkit.measure.simulation import simulate
from labkit.transports.light_clients import Target
from labkit.views.crowd.crowd_chart import crowd_chart


@pytest.fixture
async def crowd(lab: ModuleType) -> Crowd:
    """Return a crowd of which two clients connected, and one was lost."""
    crowd = Crowd(
        "crowd",
        Target("ws://127.0.0.1/", "127.0.0.1", 1),
        Link(lambda: ("127.0.0.1", 1), "crowd"),
        protocol="socketio",
        clients=2,
        reconnect=None,
        seed=0,
        owns_link=True,
        on_error=lambda error, where: None,
    )
    for event in [
        Event(0, 0, "attempt"),
        Event(0.001, 1, "attempt"),
        Event(0.002, 0, "connected"),
        Event(0.003, 1, "connected"),
        Event(0.012, 0, "lost"),
    ]:
        crowd._on_event(event)
    return crowd


async def test_a_live_crowd(crowd: Crowd) -> None:
    """Attempts stand at the beginning of each interval, connected clients from its end on."""
    chart = crowd_chart(crowd, 400)
    assert repr(chart).startswith(
        "Chart: 2 socketio clients. connection attempts in each 0.005 s ("
    )
    assert (chart.subtitle, chart.x, chart.width) == (
        "not coming back",
        "seconds since the crowd began",
        400,
    )
    dialled, connected = (plot.series[0] for plot in chart.plots)
    assert chart.plots[0].what == "connection attempts in each 0.005 s (at most 2)"
    assert dialled.points == [(0, 2), (0.005, 0), (0.01, 0), (0.015, 0)]
    assert connected.points == [(0, 0), (0.005, 2), (0.01, 2), (0.015, 1)]


async def test_a_record_that_is_full(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    """The chart says that later events are missing."""
    monkeypatch.setattr(module, "MAX_EVENTS", 5)
    assert crowd_chart(crowd, 400).subtitle == "not coming back; what came later is not recorded"


def test_a_simulated_crowd() -> None:
    """It begins when the server goes away, with all of them connected."""
    simulation = simulate(1000, Backoff(1, factor=1, jitter="none"), away=1.5)
    chart = crowd_chart(simulation, 836)
    assert chart.title == "1,000 simulated clients"
    assert chart.x == "seconds since the server went away"
    assert chart.plots[0].what == "connection attempts in each 0.1 s (at most 1,000)"
    dialled, connected = (plot.series[0].points for plot in chart.plots)
    assert dialled[10] == (1, 1000) and dialled[-1] == (2.1, 0)
    assert connected[:2] == [(0, 1000), (0.1, 0)] and connected[-2:] == [(2, 0), (2.1, 1000)]
    assert chart.svg == crowd_chart(simulation, 836).svg


async def test_crowds_side_by_side_are_drawn_to_the_same_scale(crowd: Crowd) -> None:
    """Those with as many clients share their intervals and axes; another one has its own."""
    fixed = simulate(2, Backoff(1, factor=1, jitter="none"), away=2.5)
    many = simulate(1000)
    chart = crowd_chart(crowd, 400, [fixed, many])
    assert chart.until == pytest.approx(3.1)
    assert chart.plots[0].what == "connection attempts in each 0.1 s (at most 2)"
    assert [plot.most for plot in chart.plots] == [2, 2]
    shown = [plot.series[0].points[-1][0] for plot in crowd_chart(fixed, 400, [crowd]).plots]
    assert max(shown) == pytest.approx(3.1)  # and no further, or its axis would be a longer one
    alone, beside = crowd_chart(many, 400), crowd_chart(many, 400, [crowd, fixed])
    assert alone.svg == beside.svg
