"""Claims as data."""

from __future__ import annotations

from labkit.measure.court.claim import Claim, Part

PARTS = (
    Part("a message", "echo", "cpu", "us", "socketio", "websocket"),
    Part("a delivery", "fan_out", "cpu", "us", "socketio", "websocket"),
    Part("a connection", "echo", "latency", "ms", "socketio", "websocket"),
)
CLAIM = Claim("overhead.cpu", "Text.", "People", "", "Counted.", PARTS)


def test_topic() -> None:
    """A claim's topic is what its id begins with."""
    assert CLAIM.topic == "overhead"


def test_experiments() -> None:
    """A claim needs each experiment of its parts once, in their order."""
    assert CLAIM.experiments == ("echo", "fan_out")
