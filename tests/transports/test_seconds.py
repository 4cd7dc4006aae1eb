"""Options that are seconds."""

from __future__ import annotations

import math
from typing import Any

import pytest

from labkit.clock import clock
from labkit.exceptions import LabError
from labkit.transports.seconds import HEARTBEAT_SECONDS, Seconds, check_seconds, scaled_seconds

KINDS = {
    "wait": Seconds(),
    "pause": Seconds(may_be_zero=False),
    "ping_interval": HEARTBEAT_SECONDS,
}


@pytest.mark.parametrize("value", ["5", True, [5], object(), (1, 2), math.nan, math.inf, -1, None])
def test_what_is_no_duration_gets_a_sentence(value: object) -> None:
    """It would be an error only when the time is needed, long after, or none at all."""
    with pytest.raises(LabError) as caught:
        check_seconds({"wait": value}, KINDS, "connect")
    assert str(caught.value) == (
        f"`connect` needs a number of seconds, 0 or more, for wait, not {value!r}."
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("pause", "`serve` needs a number of seconds, above 0, for pause, not 0.0."),
        (
            "ping_interval",
            "`serve` needs a number of seconds, above 0, for ping_interval (or None, which "
            "switches it off), not 0.0.",
        ),
    ],
)
def test_what_cannot_be_zero_says_so(name: str, told: str) -> None:
    """With the way to switch it off, if there is one."""
    with pytest.raises(LabError) as caught:
        check_seconds({name: 0.0}, KINDS, "serve")
    assert str(caught.value) == told


def test_what_is_one_passes_and_is_scaled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds go by the lab's clock; what is switched off, and other options, stay as they are."""
    monkeypatch.setattr(clock, "_scale", 0.1)
    given: dict[str, Any] = {"wait": 0, "pause": 20, "ping_interval": None, "max_size": 7}
    check_seconds(given, KINDS, "serve")
    scaled = {"wait": 0, "pause": 2, "ping_interval": None, "max_size": 7}
    assert scaled_seconds(given, KINDS) == scaled
