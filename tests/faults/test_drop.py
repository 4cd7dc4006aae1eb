"""Messages that never arrive."""

from __future__ import annotations

from labkit.faults import Drop
from labkit.protocols.stream import FIN
from tests.support.message_line import ENGINE, MessageLine
from tests.support.pieces import FILE_EVENT
from tests.support.raw import BINARY, CONTINUATION, TEXT, frame


def test_selected_messages_are_lost() -> None:
    """The others, and the end, pass at once and in order."""
    line = MessageLine(Drop(text="secret"))
    line.send("one", "secret", "two", FIN)
    assert line.timed() == [(0, "one"), (0, "two"), (0, "half-closed")]


def test_all_of_a_message_is_lost() -> None:
    """All its fragments, and all its attachments."""
    line = MessageLine(Drop(nth=1))
    line.send(frame(TEXT, b"a", fin=False), frame(CONTINUATION, b"b"), "c")
    assert line.heard() == ["c"]
    line = MessageLine(Drop(event="file"), ENGINE)
    line.send(FILE_EVENT.decode(), frame(BINARY, b"1"), "2", frame(BINARY, b"2"), '42["m"]')
    assert line.heard() == ["2", '42["m"]']


def test_packets_of_polling() -> None:
    """They are lost from bodies; a response that is empty then says nothing."""
    line = MessageLine(Drop(text="secret"))
    for to in ("upstream", "downstream"):
        line.poll('42["m"]', '42["secret"]', "3", to=to)  # type: ignore[arg-type]
        line.poll('42["secret"]', to=to)  # type: ignore[arg-type]
        assert line.heard(to) == ['42["m"]\x1e3', "6"]  # type: ignore[arg-type]
    assert [item.fate for _, item in line.passed["upstream"]] == ["altered", "dropped"]  # type: ignore[union-attr]
