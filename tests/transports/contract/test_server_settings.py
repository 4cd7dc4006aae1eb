"""What every server is started with."""

from __future__ import annotations

from typing import Any

from labkit.transports.contract import ServerSettings


def test_a_server_is_private_unless_asked_otherwise() -> None:
    """By default it listens on loopback alone, at a free port, and takes a class, not a crowd."""
    observer: Any = object()
    settings = ServerSettings(name="chat", observer=observer)
    assert (settings.host, settings.port, settings.hosts) == ("127.0.0.1", 0, ())
    assert (settings.drop_slow_readers, settings.max_connections) == (True, 500)
