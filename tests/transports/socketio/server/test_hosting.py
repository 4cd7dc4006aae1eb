"""What a Socket.IO server can be made of."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
import socketio

from labkit.exceptions import LabError


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: socketio.AsyncServer, "is a class"),
        (lambda: socketio.Server(async_mode="threading"), "AsyncServer"),
        (lambda: socketio.AsyncServer(async_mode="asgi"), "made for 'asgi'"),
        (lambda: socketio.AsyncClient(handle_sigint=False), "`AsyncClient` cannot be served"),
    ],
)
async def test_what_cannot_be_served(lab: ModuleType, make: Any, words: str) -> None:
    """The error names what it is and what would do."""
    with pytest.raises(LabError, match=words):
        await lab.serve(make())
