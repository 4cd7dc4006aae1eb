"""The time scale."""

from __future__ import annotations

import pytest

from labkit.clock import TIMESCALE_VARIABLE, Clock
from labkit.exceptions import LabError


def test_a_scale_multiplies() -> None:
    """Durations are multiplied by the scale."""
    assert Clock(0.5).seconds(20) == 10


@pytest.mark.parametrize(("scale", "within"), [(1, 0.2), (2, 0.4), (0.1, 0.2)])
def test_a_block_runs_faster(scale: float, within: float) -> None:
    """Faster than the page, not than the tests; then all is as before, also after an error."""
    clock = Clock(scale)
    with pytest.raises(RuntimeError), clock.faster(5):
        assert clock.scale == within
        raise RuntimeError
    assert clock.scale == scale


@pytest.mark.parametrize(
    "scale", ["0", "-1", "fast", "nan", "inf", "", [2], "1e308", "1e-308", 10**400]
)
def test_a_scale_that_makes_no_sense_is_explained(scale: object) -> None:
    """Zero, negative, huge, infinite or no number: an error that names the variable."""
    with pytest.raises(LabError, match=TIMESCALE_VARIABLE):
        Clock(scale)  # type: ignore[arg-type]


def test_the_environment_gives_the_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an argument the variable counts, without the variable 1."""
    clock = Clock()
    monkeypatch.setenv(TIMESCALE_VARIABLE, "0.25")
    clock.set(None)
    assert clock.scale == 0.25
    monkeypatch.delenv(TIMESCALE_VARIABLE)
    clock.set(None)
    assert clock.scale == 1
    monkeypatch.setenv(TIMESCALE_VARIABLE, "")
    clock.set(None)
    assert clock.scale == 1


def test_the_environment_is_asked_at_the_first_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes no sense there breaks no import; whoever waits or sets the scale is told."""
    monkeypatch.setenv(TIMESCALE_VARIABLE, "fast")
    clock = Clock()
    with pytest.raises(
        LabError, match=f"'fast' is not a valid time scale.*unset {TIMESCALE_VARIABLE}"
    ):
        clock.seconds(1)
    with pytest.raises(LabError, match="is not a valid time scale"):
        clock.set(None)
    clock.set(2)
    assert clock.seconds(1) == 2
