"""Control over the protocol with `websockets`."""

from __future__ import annotations

import pytest

from labkit.measure.controls.websocket import protocol

LETS = {
    "request_headers": True,
    "subprotocol": True,
    "refusal_status": True,
    "response_headers": True,
    "fragments_sent": True,
    "fragments_seen": True,
    "ping": True,
    "heartbeat": True,
    "pong": True,
    "text_or_binary": True,
    "close_timeout": True,
    "close_code": True,
    "close_reason": True,
    "peers_close": True,
    "origin": True,
    "message_size": True,
    "fragment_size": True,
    "compression": True,
    "back_pressure": True,
    "write_limit": True,
    "reading_ahead": True,
}
"""Of each item, whether the library lets an application set or see it."""


@pytest.mark.parametrize("item", LETS)
async def test_each_item_is_found_out_by_trying(item: str) -> None:
    """What the library lets one do has its effect, and the nearest to what it does not has none."""
    assert await getattr(protocol, item)() is LETS[item]
