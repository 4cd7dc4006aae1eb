"""A proxy that has only so many connections to the server."""

from __future__ import annotations

import pytest

from labkit.exceptions import LabError
from labkit.faults import LimitConnections


def test_there_is_room_for_so_many() -> None:
    """And for no more."""
    fault = LimitConnections(2)
    assert [fault.admits(inside) for inside in range(4)] == [True, True, False, False]


@pytest.mark.parametrize("count", [0, -1, 1.5, True, "1"])
def test_bad_values(count: int) -> None:
    """The count is a whole number above 0."""
    with pytest.raises(LabError, match="count must be a whole number from 1"):
        LimitConnections(count)
