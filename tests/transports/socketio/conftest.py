"""Servers that a learner makes."""

from __future__ import annotations

import pytest
import socketio


@pytest.fixture
def sio() -> socketio.AsyncServer:
    """Return a server of the library's, with its own defaults."""
    return socketio.AsyncServer(async_mode="aiohttp")
