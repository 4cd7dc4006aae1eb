"""The limits fit one another."""

from labkit.loop import watchdog
from labkit.transports import settings, slow_reader


def test_a_blocked_loop_is_broken_before_heartbeats_fail() -> None:
    """The watchdog acts before the other clients' pongs are late."""
    assert watchdog.BLOCK_LIMIT < settings.HEARTBEAT


def test_a_legal_broadcast_does_not_drop_a_healthy_reader() -> None:
    """Several of the largest messages may wait for a moment."""
    assert slow_reader.HARD_LIMIT >= 4 * settings.MAX_MESSAGE
    assert slow_reader.SOFT_LIMIT >= settings.MAX_MESSAGE
