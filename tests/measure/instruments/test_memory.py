"""Memory of connections, calibrated with a server that holds more by a known amount."""

from __future__ import annotations

import zlib
from statistics import median

import pytest

from labkit.measure.instruments.memory import EXPERIMENT, make_texts, open_memory
from labkit.measure.subject import DEFLATE, SOCKETIO_WEBSOCKET, WEBSOCKET, Subject
from tests.support.processes import busy_machine, check_cancelled

KIB = 10
"""By which a connection is heavier."""

MANY = 250
"""Connections of a calibration: the more, the less it counts what a process takes in pages."""


def test_texts() -> None:
    """They are the same each time, fill a window of 4 KiB, and compress as text does."""
    texts = make_texts()
    assert texts == make_texts()
    assert len(set(texts)) == len(texts)
    whole = " ".join(texts).encode()
    assert len(whole) > 4096
    assert 2 < len(whole) / len(zlib.compress(whole)) < 8


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("subject", "hogs"),
    [(WEBSOCKET, 0), (WEBSOCKET, 2), (DEFLATE, 0), (SOCKETIO_WEBSOCKET, 0)],
    ids=lambda each: getattr(each, "name", each),
)
async def test_a_connection_that_is_10_kib_heavier(subject: Subject, hogs: int) -> None:
    """Both figures tell it within 5 %, whether other programs run or not."""
    heavier = subject.burdened("heavier", memory=KIB * 1024)
    with busy_machine(hogs):
        async with open_memory((subject, heavier), MANY) as measure:
            repeats = [await measure() for _ in range(3)]
    for figure in ("idle", "after traffic"):
        more = [each[figure]["heavier"] - each[figure][subject.name] for each in repeats]
        assert median(more) == pytest.approx(KIB, rel=0.05)


@pytest.mark.exhaustive
async def test_each_process_gives_the_same() -> None:
    """Within 4 %: it does not depend on which connections happened to come first together."""
    async with open_memory((WEBSOCKET,), 100) as measure:
        idle = [(await measure())["idle"]["websocket"] for _ in range(6)]
    assert max(idle) / min(idle) < 1.04


@pytest.mark.exhaustive
async def test_cancelled_it_leaves_no_process() -> None:
    """An interrupt comes in while it measures."""
    await check_cancelled(EXPERIMENT.open())
