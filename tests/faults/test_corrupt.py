"""Messages of which one byte is another."""

from __future__ import annotations

import pytest

from labkit.exceptions import LabError
from labkit.faults import Corrupt
from labkit.protocols.units import Agreed, Unit
from tests.support.message_line import ENGINE, MessageLine
from tests.support.raw import BINARY, CLOSE, CONTINUATION, PING, TEXT, frame


@pytest.mark.parametrize(
    ("sent", "letter", "utf8"),
    [
        ("two", b"twn", b"tw\xef"),
        ("really?!", b"reallx?!", b"reall\xf9?!"),
        ("čaj č", "čak č".encode(), b"\xc4\x8da\xea \xc4\x8d"),
        ("?!", b"? ", b"?\xa1"),
        ("ч", b"\xd1\x86", b"\xd1\x07"),
        ("", b"", b""),
    ],
)
@pytest.mark.parametrize("masked", [True, False])
def test_one_bit_changes(sent: str, letter: bytes, utf8: bytes, masked: bool) -> None:
    """A letter becomes its neighbour, or the text is no longer UTF-8; the mask stays right."""
    for fault, wanted in ((Corrupt(), letter), (Corrupt("utf-8"), utf8)):
        line = MessageLine(fault)
        line.send(frame(TEXT, sent.encode(), masked=masked))
        ((_, unit),) = line.passed["upstream"]
        assert isinstance(unit, Unit) and unit.content == wanted
        if fault.mode == "utf-8" and sent:
            with pytest.raises(UnicodeDecodeError):
                unit.content.decode()


def test_an_event_stays_an_event() -> None:
    """Its last argument changes, not its name, and its attachments stay as they are."""
    line = MessageLine(Corrupt(), ENGINE)
    line.send('42["chat message","hello"]', '451-["file",{"_placeholder":true,"num":0},"a"]')
    line.send(frame(BINARY, b"data"))
    assert line.heard()[0] == '42["chat message","helln"]'
    (_, unit) = line.passed["upstream"][1]
    assert isinstance(unit, Unit) and unit.content.endswith(b',"`"]')
    assert [each.content for each in unit.attachments] == [b"data"]
    assert (unit.fate, unit.attachments[0].fate) == ("altered", "")


def test_fragments() -> None:
    """The last letter may be in an earlier fragment."""
    line = MessageLine(Corrupt())
    line.send(frame(TEXT, b"one", fin=False), frame(CONTINUATION, b"!"))
    assert line.heard() == ["ond!"]


def test_compressed_and_control() -> None:
    """What is compressed changes in its last byte on the wire; control frames only if selected."""
    agreed = Agreed(window_bits=15)
    line = MessageLine(Corrupt(), agreed)
    line.send(frame(TEXT, b"ab\x00", reserved=4, masked=False), frame(PING, b"?"))
    ((_, unit), (_, ping)) = line.passed["upstream"]
    assert isinstance(unit, Unit) and unit.data[-3:] == b"ab\x01"
    assert isinstance(ping, Unit) and ping.content == b"?"
    line = MessageLine(Corrupt(kind="close"))
    line.send(frame(CLOSE, b"\x03\xe8"))
    assert line.heard() == ["\x03\\xe9"]


def test_bad_values() -> None:
    """There are two modes."""
    with pytest.raises(LabError, match='mode must be "letter" or "utf-8", not 3'):
        Corrupt(3)  # type: ignore[arg-type]


def test_packets_of_polling() -> None:
    """The letter changes in the body."""
    line = MessageLine(Corrupt(nth=2))
    line.poll('42["a","one"]', '42["a","two"]', "2")
    assert line.heard() == ['42["a","one"]\x1e42["a","twn"]\x1e2']
