"""How much there is to write for a feature on each stack."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from labkit.exceptions import LabError
from labkit.measure.features.logical_lines import count_logical_lines
from labkit.measure.features.sources import FEATURES, STACKS, Feature, Stack, find_source
from labkit.measure.instruments import features
from labkit.measure.instruments.features import EXPERIMENT


@pytest.mark.exhaustive
async def test_each_feature_is_counted_on_both_stacks(lab: ModuleType) -> None:
    """The figures are the logical lines of its files."""
    async with EXPERIMENT.open() as measure:
        figures = await measure()
    assert figures == {
        feature: {
            stack: count_logical_lines(find_source(stack, feature).read_text("utf-8"))
            for stack in STACKS
        }
        for feature in FEATURES
    }


async def test_what_does_not_work_is_not_counted(
    lab: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that was shortened until it failed is an error that names it."""

    def find_short(stack: Stack, feature: Feature) -> Path:
        source = find_source(stack, feature).read_text("utf-8")
        path = tmp_path / f"{feature}.py"
        path.write_text(source.replace(" - {websocket}", ""), "utf-8")
        return path

    monkeypatch.setattr(features, "find_source", find_short)
    async with EXPERIMENT.open() as measure:
        with pytest.raises(LabError, match=r"websocket/broadcast\.py does not do"):
            await measure()
