"""Answers to heartbeats that never arrive."""

from __future__ import annotations

import pytest

from labkit.faults import SwallowPongs
from labkit.protocols.units import Agreed
from tests.support.message_line import ENGINE, PLAIN, MessageLine
from tests.support.raw import PING, PONG, frame


@pytest.mark.parametrize("agreed", [PLAIN, ENGINE])
def test_pong_frames_are_lost(agreed: Agreed) -> None:
    """In both directions, whatever they carry; pings and messages pass."""
    line = MessageLine(SwallowPongs(), agreed)
    for to in ("upstream", "downstream"):
        line.send(frame(PONG), frame(PING, b"?"), frame(PONG, b"?"), "42", to=to)  # type: ignore[arg-type]
        assert line.heard(to) == ["?", "42"]  # type: ignore[arg-type]


def test_pongs_of_engineio_are_lost() -> None:
    """The packet 3, but not the answer to an upgrade's probe; on a raw connection 3 is a text."""
    line = MessageLine(SwallowPongs(), ENGINE)
    line.send("3", "2", "3probe", "430[]")
    assert line.heard() == ["2", "3probe", "430[]"]
    line = MessageLine(SwallowPongs())
    line.send("3")
    assert line.heard() == ["3"]


@pytest.mark.parametrize(("is_engineio", "is_lost"), [(False, True), (True, False)])
def test_compression(is_engineio: bool, is_lost: bool) -> None:
    """Pong frames are never compressed; with context takeover, a lost packet would do harm."""
    agreed = Agreed(is_engineio, 15, takeover=True)
    line = MessageLine(SwallowPongs(), agreed)
    line.send(frame(PONG, b"?"))
    assert line.heard() == ([] if is_lost else ["?"])
    assert bool(SwallowPongs().find_obstacle(agreed)) != is_lost


def test_pongs_of_polling() -> None:
    """They are lost from the bodies of requests."""
    line = MessageLine(SwallowPongs())
    line.poll("3", '42["m"]')
    line.poll("3")
    assert line.heard()[0] == '42["m"]'
    assert [item.fate for _, item in line.passed["upstream"]] == ["altered", "dropped"]  # type: ignore[union-attr]
