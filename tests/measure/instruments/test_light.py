"""Crowds of light clients, as instruments ask for them."""

from __future__ import annotations

from typing import Any

from labkit.measure.instruments.light import connect_crowd
from labkit.measure.subject import DEFLATE, SOCKETIO_WEBSOCKET, WEBSOCKET


class Double:
    """A process of light clients that keeps what it is asked."""

    async def ask(self, request: str, **details: Any) -> dict[str, Any]:
        """Keep it."""
        self.asked = (request, details)
        return {"crowd": 3}


async def test_a_crowd_is_that_of_its_subject() -> None:
    """It speaks its protocol, and compresses only if its subject does."""
    for subject, protocol, compression in (
        (WEBSOCKET, "websocket", None),
        (DEFLATE, "websocket", "deflate"),
        (SOCKETIO_WEBSOCKET, "socketio", None),
    ):
        light: Any = Double()
        assert await connect_crowd(light, 80, subject, 100) == 3
        details = {"port": 80, "clients": 100, "protocol": protocol, "compression": compression}
        assert light.asked == ("connect", details)
