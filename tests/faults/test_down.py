"""The pulled plug."""

from __future__ import annotations

from labkit.faults import Down
from labkit.faults.fault import ByteFault


def test_it_has_no_values_and_no_live_part() -> None:
    """There is one plug: what acts on it is the link."""
    assert Down() == Down()
    assert not isinstance(Down(), ByteFault)
