"""Buffering."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

from labkit import bench
from labkit.measure.instruments.buffering import EXPERIMENT, SOON, TEXTS, _arrived
from tests.support.experiments import measured


async def test_python_keeps_nothing(lab: ModuleType) -> None:
    """Neither library sends later what it was given offline."""
    figures = await measured(EXPERIMENT)
    assert figures == {"texts that arrive later": {"websocket": 0, "socketio": 0}}


async def test_a_buffer_would_be_seen(lab: ModuleType) -> None:
    """What is kept, and sent once the client is back, is counted, each text."""
    kept: list[str] = []
    sending: list[asyncio.Task[None]] = []

    def send_kept(alice: Any) -> None:
        if alice.state == "open":
            while kept:
                sent = alice.raw.emit("chat message", kept.pop(0))
                sending.append(asyncio.ensure_future(sent))

    async def keep(library: Any, text: str) -> None:
        alice = bench.current().clients["socketio alice"]
        kept.append(text)
        alice.changes.subscribe(lambda: send_kept(alice))

    assert await _arrived(bench.current(), "socketio", keep, SOON) == len(TEXTS)
