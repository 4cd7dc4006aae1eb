"""Delivery: what was promised about messages, what happened to them, and whether it was kept."""

from labkit.delivery.event import Event
from labkit.delivery.finding import Counts, Finding, Verdict
from labkit.delivery.history import History
from labkit.delivery.judge import judge
from labkit.delivery.promise import Promise

__all__ = [
    "Counts",
    "Event",
    "Finding",
    "History",
    "Promise",
    "Verdict",
    "judge",
]
