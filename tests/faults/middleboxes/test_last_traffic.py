"""When something passed last."""

from __future__ import annotations

from labkit.faults.middleboxes.last_traffic import LastTraffic, Watching


def test_what_passes_is_remembered_in_either_direction() -> None:
    """It passes at once, and both directions share the time."""
    traffic = LastTraffic()
    up, down = Watching(traffic), Watching(traffic)
    assert up.begin(1.0) == () and traffic.at == 1.0
    assert down.data(b"hello", 2.5) == ((2.5, b"hello"),) and traffic.at == 2.5
    assert up.data(b"", 3.0) == ((3.0, b""),) and traffic.at == 3.0
