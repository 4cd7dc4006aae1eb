"""A step of a schedule."""

from __future__ import annotations

import math
from typing import Any

import pytest

from labkit.exceptions import LabError
from labkit.faults import AtMessage, CutBeforeAck, Down, Latency, Reset, Step


def test_when_it_comes_and_goes() -> None:
    """By the clock or at a message; without seconds it stays."""
    assert Step(0.5, Reset()).when == "at 0.5 s"
    assert Step(AtMessage(3), Reset()).when == "at message 3"
    assert Step(AtMessage(3, "upstream"), Reset()).when == "at message 3 upstream"
    assert Step(0.1, Reset(), seconds=0.2).until(0.1) == 0.3
    assert Step(AtMessage(3), Reset(), seconds=2).until(5) == 7
    assert Step(0, Reset()).until(0) == math.inf


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"at": -1}, "at must be a number from 0"),
        ({"at": math.nan}, "at must be a number from 0"),
        ({"seconds": 0}, "seconds must be a number above 0"),
        ({"at": 1e9, "seconds": 1e-9}, "seconds must be more than a billionth, not 1e-09"),
        ({"fault": "Latency"}, "Only a fault can be added to a link"),
        ({"fault": Reset}, "Reset is a kind of fault"),
        ({"fault": Down(), "direction": "upstream"}, "has no direction"),
        ({"fault": CutBeforeAck(), "direction": "upstream"}, "leave direction out"),
        ({"direction": "up"}, "direction must be"),
        ({"probability": 2}, "probability must be a number from 0 to 1"),
        ({"seed": 1.5}, "seed must be a whole number or a text"),
        ({"at": AtMessage(1), "seconds": 1e-12}, "more than a billionth"),
        ({"first": 0}, "first must be a whole number from 1"),
    ],
)
def test_a_step_that_makes_no_sense(values: dict[str, Any], said: str) -> None:
    """One sentence says why."""
    with pytest.raises(LabError, match=said):
        Step(**{"at": 0, "fault": Latency(1), **values})


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((0,), "message must be a whole number from 1"),
        ((1.5,), "message must be a whole number from 1"),
        ((True,), "message must be a whole number from 1"),
        ((1, "up"), "direction must be"),
    ],
)
def test_a_message_that_there_is_not(values: Any, said: str) -> None:
    """One sentence says why."""
    with pytest.raises(LabError, match=said):
        AtMessage(*values)
