"""The experiments, and whether they give what claims are about."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.measure.court.claims import CLAIMS
from labkit.measure.court.experiment import Figures
from labkit.measure.court.experiments import EXPERIMENTS


def test_each_experiment_is_used_and_each_that_is_used_is_there() -> None:
    """No claim needs one that is missing, and nothing is measured for nobody."""
    assert {name for claim in CLAIMS for name in claim.experiments} == set(EXPERIMENTS)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_is_whole(name: str) -> None:
    """It says what runs where; only what load does not change is measured once."""
    experiment = EXPERIMENTS[name]
    assert experiment.topology and not experiment.topology.endswith(".")
    parts = [part for claim in CLAIMS for part in claim.parts if part.experiment == name]
    assert (experiment.repeats == 1) == all(part.exact for part in parts)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", EXPERIMENTS)
async def test_an_experiment_gives_what_its_claims_need(lab: ModuleType, name: str) -> None:
    """Every figure of every subject that a part names, of the kind that the part says."""
    async with EXPERIMENTS[name].open() as measure:
        figures = await measure()
        parts = [part for claim in CLAIMS for part in claim.parts if part.experiment == name]
        for part in parts:
            for subject in filter(None, (part.more, part.less)):
                assert subject in figures[part.figure], f"{part} is about nothing"
        if any(part.exact for part in parts):
            again: Figures = await measure()
            for part in parts:
                assert figures[part.figure] == again[part.figure] or not part.exact


def test_what_has_short_waits_runs_alone() -> None:
    """Beside others on the event loop and under load, these two ran out of time."""
    assert EXPERIMENTS["controls"].load == EXPERIMENTS["delivery"].load == "alone"
