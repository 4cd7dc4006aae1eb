"""Where a fault acts, and on how many."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.exceptions import LabError
from labkit.faults import (
    CutBeforeAck,
    Down,
    Fault,
    IdleKill,
    Latency,
    LimitConnections,
    LimitLife,
    RefuseUpgrade,
    RotateConnections,
    SwallowFrames,
)
from labkit.faults.scope import Scope, check_fault, has_direction


def test_directions() -> None:
    """Both unless one is named."""
    assert Scope().directions == ("upstream", "downstream")
    assert Scope("downstream").directions == ("downstream",)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"direction": "up"}, 'direction must be "both", "upstream" .* not \'up\''),
        ({"direction": None}, "direction must be"),
        ({"direction": ["both"]}, "direction must be"),
        ({"probability": 2}, "probability must be a number from 0 to 1, not 2"),
        ({"probability": float("nan")}, "probability must be a number"),
        ({"first": 0}, "first must be a whole number from 1"),
        ({"first": 1.5}, "first must be a whole number"),
        ({"seed": 1.5}, "seed must be a whole number or a text, not 1.5"),
    ],
)
def test_bad_values(values: dict[str, Any], said: str) -> None:
    """One sentence says what would be right."""
    with pytest.raises(LabError, match=said) as caught:
        Scope(**values)
    assert str(caught.value).count(".\n") == 0


ROTATE = RotateConnections(("ws://127.0.0.1:1/",))

WHOLE = "acts on the whole link: it has no direction, probability, seed or first"


@pytest.mark.parametrize(
    ("fault", "scope", "said"),
    [
        (Down(), Scope(first=1), r"Down\(\) cuts the whole link: it has no direction"),
        (LimitConnections(1), Scope("upstream"), rf"^LimitConnections\(\) {WHOLE}\.$"),
        (ROTATE, Scope(probability=0.5), rf"^RotateConnections\(\) {WHOLE}\.$"),
        (CutBeforeAck(), Scope("upstream"), "leave direction out"),
        (
            RefuseUpgrade(),
            Scope("upstream"),
            r"^RefuseUpgrade\(\) acts on a connection, not on one",
        ),
        (LimitLife(1), Scope("downstream"), r"^LimitLife\(\) acts on a connection, not on one"),
        (RefuseUpgrade, Scope(), r"RefuseUpgrade is a kind of fault: add RefuseUpgrade\(\.\.\.\)"),
        (7, Scope(), "Only a fault can be added"),
    ],
)
def test_where_a_fault_cannot_act(fault: object, scope: Scope, said: str) -> None:
    """One sentence says what it has not."""
    with pytest.raises(LabError, match=said):
        check_fault(fault, scope)


@pytest.mark.parametrize("fault", [IdleKill(1), SwallowFrames(), Latency(1)], ids=repr)
def test_what_has_a_direction(fault: Fault) -> None:
    """It may be chosen."""
    check_fault(fault, Scope("upstream", probability=0.5, first=2))
    assert has_direction(fault)


@pytest.mark.parametrize("fault", [Down(), LimitLife(1), LimitConnections(1)], ids=repr)
def test_what_has_none(fault: Fault) -> None:
    """It can be added all the same."""
    check_fault(fault, Scope())
    assert not has_direction(fault)
