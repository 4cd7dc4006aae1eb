"""Servers that a learner makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import socketio


@pytest.fixture
def sio() -> socketio.AsyncServer:
    """Return a server of the library's, with its own defaults."""
    return socketio.AsyncServer(async_mode="aiohttp")


def notes(server: Any, *kinds: str) -> list[str]:
    """Return what a server noted of some kinds, as "who: text"."""
    return [f"{e.who}: {e.text}" for e in server.events if not kinds or e.kind in kinds]


Handler = Callable[..., Any]
