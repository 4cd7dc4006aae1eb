"""Who is connected."""

from __future__ import annotations

import pytest

from labkit.exceptions import LabError
from labkit.transports.contract import Connection
from labkit.transports.contract.connections import find_connection


def test_a_guest_is_one_connection() -> None:
    """Two of one name are two; raw WebSocket has no namespaces, and one way to travel."""
    first, second = (Connection(1, "alice", 0.0, raw=None) for _ in range(2))
    assert first != second
    assert (first.transport, first.memberships, first.received) == ("websocket", (), None)


def test_one_of_several_connections_is_not_found_by_their_name() -> None:
    """The object itself says which one; a name that two have is an error that lists them."""
    alice, bob, twin = (Connection(1, name, 0.0, raw=None) for name in ("alice", "bob", "alice"))
    everybody = [alice, bob, twin]
    assert find_connection(everybody, "bob", "chat") is bob
    assert find_connection(everybody, twin, "chat") is twin
    with pytest.raises(LabError, match=r"2 connections of 'chat' are .* alice, bob, alice"):
        find_connection(everybody, "alice", "chat")
