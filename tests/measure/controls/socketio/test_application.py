"""What `python-socketio` has above the protocol."""

from __future__ import annotations

import pytest

from labkit.measure.controls.socketio import application

LETS = {
    "acknowledgement": True,
    "broadcasting": True,
    "rooms": True,
    "namespaces": True,
    "named_events": True,
    "transport": True,
    "credentials": True,
    "session_data": True,
}
"""Of each item, whether the library lets an application set or see it."""


@pytest.mark.parametrize("item", LETS)
async def test_each_item_is_found_out_by_trying(item: str) -> None:
    """What the library lets one do has its effect, and the nearest to what it does not has none."""
    assert await getattr(application, item)() is LETS[item]
