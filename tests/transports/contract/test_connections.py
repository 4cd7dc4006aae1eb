"""Who is connected."""

from __future__ import annotations

from labkit.transports.contract import Connection


def test_a_guest_is_one_connection() -> None:
    """Two of one name are two; raw WebSocket has no namespaces, and one way to travel."""
    first, second = (Connection(1, "alice", 0.0, raw=None) for _ in range(2))
    assert first != second
    assert (first.transport, first.memberships, first.received) == ("websocket", (), None)
