"""Experiments of the court."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest

from labkit.measure.court.experiment import Experiment, Load


def experiment(load: Load) -> Experiment:
    """Return an experiment that measures nothing."""
    nothing: Any = nullcontext
    return Experiment(nothing, "all in one process", 7, load)


@pytest.mark.parametrize(
    ("load", "other", "may"),
    [
        ("alone", "alone", False),
        ("alone", "waits", False),
        ("any", "alone", False),
        ("waits", "any", True),
        ("any", "any", True),
        ("waits", "waits", True),
    ],
)
def test_what_runs_beside_what(load: Load, other: Load, may: bool) -> None:
    """What a load would change runs alone; the others may share the machine."""
    assert experiment(load).may_run_beside(experiment(other)) is may
