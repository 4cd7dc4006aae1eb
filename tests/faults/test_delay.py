"""Messages that arrive late."""

from __future__ import annotations

import pytest

from labkit.exceptions import LabError
from labkit.faults import Delay
from labkit.protocols.stream import FIN
from tests.support.message_line import MessageLine
from tests.support.raw import PING, frame


def test_all_behind_it_waits_too() -> None:
    """Also control frames and the end; what is sent when it has passed does not wait."""
    line = MessageLine(Delay(0.3, nth=2))
    line.send("one", "two", at=1)
    line.send(frame(PING, b"?"), "three", at=1.2)
    line.send("four", at=1.5)
    line.send(FIN)
    line.loop.turn_to(9)
    late = [(1.3, "two"), (1.3, "?"), (1.3, "three")]
    assert line.timed() == [(1, "one"), *late, (1.5, "four"), (1.5, "half-closed")]


def test_what_is_held_passes_when_it_is_removed() -> None:
    """In order, and at once."""
    line = MessageLine(Delay(5))
    line.send("one", "two", FIN)
    assert line.stages["upstream"].held == 2 * 9
    line.stages["upstream"].release()
    assert line.heard() == ["one", "two", "half-closed"]
    assert not line.loop.timers and line.stages["upstream"].held == 0


@pytest.mark.parametrize("seconds", [-1, float("nan"), "2"])
def test_bad_values(seconds: float) -> None:
    """Seconds are a number, 0 or more."""
    with pytest.raises(LabError, match="seconds must be a number from 0"):
        Delay(seconds)


def test_bodies_of_polling() -> None:
    """The whole request waits for a message in it."""
    line = MessageLine(Delay(0.3, text="two"))
    line.poll('42["one"]', at=1)
    line.poll('42["two"]', '42["three"]')
    line.poll('42["four"]', at=1.1)
    line.loop.turn_to(9)
    assert [when for when, _ in line.timed()] == [1, 1.3, 1.3]
