"""Where a fault acts, and on how many."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.exceptions import LabError
from labkit.faults.scope import Scope


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
