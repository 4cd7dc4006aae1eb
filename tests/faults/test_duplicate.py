"""Messages that arrive twice."""

from __future__ import annotations

from labkit.faults import Duplicate
from tests.support.message_line import ENGINE, MessageLine
from tests.support.pieces import FILE_EVENT
from tests.support.raw import BINARY, frame


def test_selected_messages_pass_twice() -> None:
    """Both at once, one behind the other."""
    line = MessageLine(Duplicate(every=2))
    line.send("one", "two", "three")
    assert line.timed() == [(0, "one"), (0, "two"), (0, "two"), (0, "three")]


def test_attachments_pass_twice_with_their_event() -> None:
    """Each of the two events is followed by its attachments."""
    line = MessageLine(Duplicate(), ENGINE)
    files = frame(BINARY, b"1"), frame(BINARY, b"2")
    event = frame(1, FILE_EVENT)
    line.send(event, *files)
    data = b"".join(item.data for _, item in line.passed["upstream"])  # type: ignore[union-attr]
    assert data == (event + files[0] + files[1]) * 2


def test_packets_of_polling() -> None:
    """They are twice in their body, with their attachments."""
    line = MessageLine(Duplicate(event="a"))
    line.poll('451-["a"]', "bAQI=", '42["b"]')
    assert line.heard() == ['451-["a"]\x1ebAQI=\x1e451-["a"]\x1ebAQI=\x1e42["b"]']
