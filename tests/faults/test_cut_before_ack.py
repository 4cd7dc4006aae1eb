"""A request that arrives, and whose answer never does."""

from __future__ import annotations

from labkit.faults import CutBeforeAck
from labkit.faults.fault import Act
from tests.support.message_line import ENGINE, MessageLine
from tests.support.raw import BINARY, PING, frame


def test_a_raw_answer() -> None:
    """The next message of the server never arrives, nor what follows it; a ping does."""
    line = MessageLine(CutBeforeAck(text="order"))
    line.send("hello")
    line.send("hi", to="downstream")
    line.send("order 7")
    line.send(frame(PING, b"?"), "done 7", "more", to="downstream", at=2)
    line.loop.turn_to(2)
    assert line.heard() == ["hello", "order 7"] and line.heard("downstream") == ["hi", "?"]
    assert line.acts == [(2, Act.CUT)]


def test_an_acknowledgement() -> None:
    """Only the one with the number and the namespace of the request is the answer."""
    line = MessageLine(CutBeforeAck(event="order"), ENGINE)
    line.send('42/shop,7["order"]')
    others = ['42["note"]', "43/shop,6[]", "437[]", "2"]
    line.send(*others, to="downstream")
    line.loop.turn_to(1)
    assert line.heard("downstream") == others and line.acts == []
    line.send("43/shop,7[]", to="downstream")
    line.loop.turn_to(1)
    assert line.heard("downstream") == others and len(line.acts) == 1


def test_an_acknowledgement_with_attachments() -> None:
    """A binary one is an answer, too."""
    line = MessageLine(CutBeforeAck(), ENGINE)
    line.send('421["order"]')
    line.send('461-1[{"_placeholder":true,"num":0}]', frame(BINARY, b"bill"), to="downstream", at=1)
    line.loop.turn_to(1)
    assert line.heard("downstream") == [] and len(line.acts) == 1


def test_only_what_asks_is_selected() -> None:
    """Events without a number, and acknowledgements of the client, have no answer."""
    line = MessageLine(CutBeforeAck(nth=1), ENGINE)
    line.send('42["note"]', "430[]", '423["order"]')
    line.send("43", "430[]", to="downstream")
    line.send("433[]", to="downstream", at=1)
    line.loop.turn_to(1)
    assert line.heard("downstream") == ["43", "430[]"] and len(line.acts) == 1


def test_polling() -> None:
    """It does not act there, and says why."""
    line = MessageLine(CutBeforeAck())
    line.poll('427["a"]')
    line.poll("437[]", to="downstream", at=1)
    line.loop.turn_to(2)
    assert line.acts == [] and line.heard("downstream") == ["437[]"]
    (note,) = line.notes
    assert note.startswith("fault does not act: CutBeforeAck(): messages are polled")
