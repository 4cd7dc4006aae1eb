"""Delivery: what was promised about messages, what happened to them, and whether it was kept."""

from labkit.delivery.event import Event
from labkit.delivery.finding import Counts, Finding, Verdict
from labkit.delivery.history import History
from labkit.delivery.judge import judge
from labkit.delivery.promise import Promise
from labkit.delivery.run import Run, run
from labkit.delivery.search import Search, search
from labkit.delivery.step import Back, Cut, CutAtMessage, Say
from labkit.delivery.steps import Steps
from labkit.delivery.workload import workload

__all__ = [
    "Back",
    "Counts",
    "Cut",
    "CutAtMessage",
    "Event",
    "Finding",
    "History",
    "Promise",
    "Run",
    "Say",
    "Search",
    "Steps",
    "Verdict",
    "judge",
    "run",
    "search",
    "workload",
]
