"""Browsers."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType

from labkit.measure.instruments.browsers import EXPERIMENT, LIBRARY
from labkit.transports.socketio.page.page import BUNDLE
from tests.conftest import ROOT
from tests.support.experiments import measured


async def test_who_chats(lab: ModuleType) -> None:
    """A client of today on both; one that has no WebSocket on Socket.IO alone."""
    figures = await measured(EXPERIMENT)
    assert figures["a browser of today chats"] == {"websocket": 1, "socketio": 1}
    assert figures["a browser without WebSocket chats"] == {"websocket": 0, "socketio": 1}
    library = figures["bytes of client library"]
    assert library["websocket"] == 0 and library["socketio"] == LIBRARY


def test_the_librarys_size(need: Callable[[str, object], None]) -> None:
    """It is that of the version that is pinned."""
    need("npm's client", BUNDLE.exists())
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    assert package["dependencies"] == {"socket.io-client": "4.8.4"}
    assert BUNDLE.stat().st_size == LIBRARY
