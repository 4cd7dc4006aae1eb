"""Bytes on the wire."""

from __future__ import annotations

import inspect
from types import ModuleType

import engineio
import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

from labkit import bench
from labkit.measure.instruments.bytes import EXPERIMENT, INTERVALS, TEXTS, _idle, _talk
from tests.support.experiments import measured

EVENT = len('42["chat message",""]')
"""What Socket.IO adds to a text."""

FRAMES = {"32 bytes up": 2 + 4 + 32, "32 bytes down": 2 + 32} | {
    "1000 bytes up": 4 + 4 + 1000,
    "1000 bytes down": 4 + 1000,
}
"""Head, mask and payload of a text frame: RFC 6455, section 5.2."""


def test_texts_have_the_length_that_they_say() -> None:
    """In bytes of UTF-8, and compression finds no more in them than in other English."""
    assert {name: len(text.encode()) for name, text in TEXTS.items()} == {
        "32 bytes": 32,
        "1000 bytes": 1000,
    }


@pytest.mark.parametrize(
    ("subject", "more"), [("websocket", 0), ("socketio", EVENT), ("socketio websocket", EVENT)]
)
async def test_a_text_costs_its_frame(lab: ModuleType, subject: str, more: int) -> None:
    """Exactly, and Socket.IO's packet around it."""
    figures = await _talk(bench.current(), subject)
    assert {name: figures[name] for name in FRAMES} == {
        name: size + more for name, size in FRAMES.items()
    }


async def test_seven_bytes_more_are_seven(lab: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that is longer costs just that."""
    short = await _talk(bench.current(), "websocket")
    await lab.fresh()
    monkeypatch.setitem(TEXTS, "32 bytes", TEXTS["32 bytes"] + " me yet")
    longer = await _talk(bench.current(), "websocket")
    assert {name for name in short if short[name] != longer[name]} == {
        "32 bytes up",
        "32 bytes down",
    }
    assert longer["32 bytes up"] - short["32 bytes up"] == 7


async def test_compression_pays_for_long_texts_only(lab: ModuleType) -> None:
    """A short one gets longer, and English becomes about half as long."""
    figures = await _talk(bench.current(), "websocket deflate")
    assert figures["32 bytes up"] > FRAMES["32 bytes up"]
    assert 0.4 < figures["1000 bytes up"] / FRAMES["1000 bytes up"] < 0.7


async def test_polling_costs_requests(lab: ModuleType) -> None:
    """Several hundred bytes for each text."""
    figures = await _talk(bench.current(), "socketio polling")
    assert all(figures[name] > size + EVENT + 300 for name, size in FRAMES.items())


async def test_connecting(lab: ModuleType) -> None:
    """The handshake is all that raw WebSocket needs; the upgrade is what Socket.IO adds twice."""
    raw, direct, default = [
        (await _talk(bench.current(), subject))["connect"]
        for subject in ("websocket", "socketio websocket", "socketio")
    ]
    assert 300 < raw < direct < default < 2000
    trace = bench.current().clients["websocket alice"].link.trace
    rows = [row for row in trace.rows() if row.kind in ("request", "response")]
    assert raw == sum(row.size for row in rows)


def test_intervals_are_the_libraries_own() -> None:
    """Those of the heartbeats by default, of both ends."""
    defaults = {
        inspect.signature(each).parameters["ping_interval"].default for each in (connect, serve)
    }
    assert defaults == {INTERVALS["websocket"]}
    socketio = engineio.AsyncServer().ping_interval
    assert socketio == INTERVALS["socketio"] == INTERVALS["socketio polling"]


async def test_an_idle_hour(lab: ModuleType) -> None:
    """Two pings and two pongs of four bytes, each 20 s."""
    await lab.fresh(timescale=0.5)
    up, down = 2 + 4 + 4, 2 + 4
    assert await _idle(bench.current(), "websocket", 20) == 2 * (up + down) * 3600 / 20


@pytest.mark.exhaustive
async def test_all_of_it(lab: ModuleType) -> None:
    """Each subject has each figure; Socket.IO's heartbeat is a byte each way, each 25 s."""
    figures = await measured(EXPERIMENT)
    assert figures["an hour idle"]["socketio"] == (3 + 7) * 3600 / 25
    assert figures["an hour idle"]["socketio polling"] > 100_000
    assert figures["an hour idle"]["websocket"] > figures["an hour idle"]["socketio"]
    assert all(len(figures[name]) == 5 for name in (*FRAMES, "connect"))
