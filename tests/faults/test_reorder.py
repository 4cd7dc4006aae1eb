"""Messages that are overtaken."""

from __future__ import annotations

from itertools import count

import pytest

from labkit.faults import Reorder
from labkit.protocols.stream import FIN, RST, StreamEnd
from labkit.protocols.units import Agreed
from tests.support.message_line import ENGINE, PLAIN, MessageLine
from tests.support.raw import CLOSE, PING, frame

PINGED, CLOSED = frame(PING, b"?"), frame(CLOSE, b"\x03\xe8")


@pytest.mark.parametrize(
    ("fault", "sent", "heard"),
    [
        (Reorder(nth=1), ["a", "b", "c"], "bac"),
        (Reorder(), ["a", "b", "c", "d"], "badc"),
        (Reorder(every=2), ["a", "b", "c", "d", "e"], "acbed"),
        (Reorder(nth=1), ["a", PINGED, "b"], "?ba"),
        (Reorder(kind="ping"), [PINGED, "b", PINGED], "b??"),
    ],
    ids=count(),
)
def test_the_next_message_passes_it(fault: Reorder, sent: list[str], heard: str) -> None:
    """One message, whether it would be selected or not; control frames pass as well."""
    line = MessageLine(fault)
    line.send(*sent)
    line.stages["upstream"].release()
    assert "".join(line.heard()) == heard


@pytest.mark.parametrize(
    ("agreed", "ending", "shown"),
    [
        (PLAIN, CLOSED, "\x03\\xe8"),
        (ENGINE, "1", "1"),
        (ENGINE, "41", "41"),
        (PLAIN, FIN, "half-closed"),
        (PLAIN, RST, "reset"),
    ],
    ids=count(),
)
def test_it_does_not_wait_behind_an_end(
    agreed: Agreed, ending: str | bytes | StreamEnd, shown: str
) -> None:
    """Behind a close frame, a disconnect packet, FIN or RST nobody would hear it."""
    line = MessageLine(Reorder(), agreed)
    line.send('42["m"]', ending)
    assert line.heard() == ['42["m"]', shown]


def test_what_it_keeps_is_shown_and_passes_when_it_is_removed() -> None:
    """It stops nobody from reading: only the next message sets it free."""
    line = MessageLine(Reorder())
    stage = line.stages["upstream"]
    line.send("x" * 100_000)
    assert stage.kept > 100_000 and stage.held == 0 and not stage.is_full
    stage.release()
    assert line.heard() == ["x" * 100_000] and stage.kept == 0
    stage.release()
    assert len(line.heard()) == 1


def test_polling() -> None:
    """It does not act there, and says why."""
    line = MessageLine(Reorder())
    line.poll('42["a"]', '42["b"]')
    line.poll('42["c"]')
    assert line.heard() == ['42["a"]\x1e42["b"]', '42["c"]']
    (note,) = line.notes
    assert note.startswith("fault does not act: Reorder(): messages are polled")
