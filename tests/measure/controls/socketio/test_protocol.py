"""Control over the protocol with `python-socketio`."""

from __future__ import annotations

import pytest

from labkit.measure.controls.socketio import protocol

LETS = {
    "request_headers": True,
    "subprotocol": False,
    "refusal_status": False,
    "response_headers": False,
    "fragments_sent": False,
    "fragments_seen": False,
    "ping": False,
    "heartbeat": True,
    "pong": False,
    "text_or_binary": True,
    "close_timeout": True,
    "close_code": False,
    "close_reason": False,
    "peers_close": False,
    "origin": True,
    "message_size": True,
    "fragment_size": False,
    "compression": True,
    "back_pressure": False,
    "write_limit": False,
    "reading_ahead": True,
}
"""Of each item, whether the library lets an application set or see it."""


@pytest.mark.parametrize("item", LETS)
async def test_each_item_is_found_out_by_trying(item: str) -> None:
    """What the library lets one do has its effect, and the nearest to what it does not has none."""
    assert await getattr(protocol, item)() is LETS[item]
