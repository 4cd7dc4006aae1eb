"""What all faults on messages have in common."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.faults import (
    Corrupt,
    CutBeforeAck,
    Delay,
    Drop,
    Duplicate,
    Reorder,
    SwallowPongs,
)
from labkit.faults.message_fault import MessageFault
from labkit.protocols.polled import POLLED
from labkit.protocols.units import Agreed
from tests.support.message_line import ENGINE, PLAIN, MessageLine
from tests.support.pieces import FRAMES, cut, small_units

TAKEOVER = Agreed(False, 15, takeover=True)


FAULTS: list[MessageFault] = [
    *(kind(every=2) for kind in (Corrupt, CutBeforeAck, Drop, Duplicate, Reorder)),
    Delay(0.1, probability=0.5),
    SwallowPongs(),
]


@small_units()
@pytest.mark.parametrize("fault", FAULTS, ids=repr)
@pytest.mark.parametrize("agreed", [PLAIN, ENGINE])
@settings(max_examples=20)
@given(st.lists(FRAMES, max_size=9), st.lists(st.integers(0), max_size=9))
def test_any_split_gives_the_same_fates(
    fault: MessageFault, agreed: Agreed, frames: list[bytes], cuts: list[int]
) -> None:
    """Chunks change nothing of what the faults do."""
    at_once, in_parts = MessageLine(fault, agreed), MessageLine(fault, agreed)
    for to in ("upstream", "downstream"):
        at_once.send(b"".join(frames), to=to)  # type: ignore[arg-type]
        in_parts.send(*cut(b"".join(frames), cuts), to=to)  # type: ignore[arg-type]
        for line in (at_once, in_parts):
            line.loop.turn_to(9)
            line.stages[to].release()  # type: ignore[index]
        whole = [each for each in at_once.heard(to) if "bytes" not in each]  # type: ignore[arg-type]
        assert [each for each in in_parts.heard(to) if "bytes" not in each] == whole  # type: ignore[arg-type]
        assert at_once.acts == in_parts.acts


COMPRESSED, UNREADABLE = "so all that follow would be read wrongly", "so none can be read without"


@pytest.mark.parametrize(
    ("fault", "agreed", "obstacle"),
    [
        *((fault, Agreed(False, 15, takeover=False), "") for fault in FAULTS),
        *((fault(), TAKEOVER, COMPRESSED) for fault in (Corrupt, Drop, Duplicate, Reorder)),
        (Delay(1), TAKEOVER, ""),
        (CutBeforeAck(nth=3), TAKEOVER, ""),
        (SwallowPongs(), TAKEOVER, ""),
        (SwallowPongs(), Agreed(True, 15, takeover=True), COMPRESSED),
        (Drop(kind="ping"), TAKEOVER, ""),
        (Drop(kind="ping"), Agreed(True, 15, takeover=True), COMPRESSED),
        (Drop(kind="text"), TAKEOVER, COMPRESSED),
        (Delay(1, text="a"), TAKEOVER, UNREADABLE),
        (CutBeforeAck(event="a"), Agreed(True, 15, takeover=True), UNREADABLE),
        (Drop(kind="event"), PLAIN, "no message of a raw WebSocket is of kind 'event'"),
        (Drop(kind="text"), ENGINE, "no message of Socket.IO is of kind 'text'"),
        (Drop(event="a"), PLAIN, "there are no events on a raw WebSocket"),
        (Reorder(), POLLED, "messages are polled, and the requests of a session are on several"),
        (CutBeforeAck(), POLLED, "messages are polled"),
        (Drop(kind="text"), POLLED, "no message of Socket.IO is of kind 'text'"),
        *(
            (fault, POLLED, "")
            for fault in (Drop(), Duplicate(), Corrupt(), Delay(1), SwallowPongs())
        ),
    ],
    ids=repr,
)
def test_obstacles(fault: MessageFault, agreed: Agreed, obstacle: str) -> None:
    """A fault says why it cannot act on a connection, and then does not act on one to come."""
    found = fault.find_obstacle(agreed)
    assert (obstacle in found) and bool(obstacle) == bool(found)
    line = MessageLine(fault, agreed)
    line.send("a", "b")
    assert line.notes == ([f"fault does not act: {fault!r}: {found}"] if found else [])
    if found:
        assert line.timed() == [(0, "text"), (0, "text")] or line.timed() == [(0, "a"), (0, "b")]
