"""The smallest failing part of a history."""

from __future__ import annotations

from labkit.delivery import Promise, judge
from labkit.delivery.failing_part import failing_part
from tests.support.told import told


def test_the_events_that_prove_it_and_nothing_else() -> None:
    """In order, with the connection where it is not the first, and at the end what is missing."""
    events = told(
        "alice enter",
        "dave enter",
        "bob enter",
        "bob ended fault",
        "bob enter",
        "dave say dave#1",
        "alice hear dave#1",
        "bob hear dave#1",
        "alice say alice#1",
        "dave hear alice#1",
    )
    (finding,) = judge(events, Promise()).broken
    assert failing_part(finding).splitlines() == [
        "lost: bob never heard alice#1.",
        "  bob/2  has joined",
        "  alice  says alice#1",
        "  bob    does not hear alice#1",
    ]


def test_a_missing_acknowledgement() -> None:
    """It ends with what did not come."""
    events = told("alice enter", "bob enter", "alice say alice#1", "bob hear alice#1")
    (finding,) = judge(events, Promise(acknowledged=True)).broken
    assert failing_part(finding).splitlines()[1:] == [
        "  alice  says alice#1",
        "  bob    hears alice#1",
        "  alice  gets no acknowledgement of alice#1",
    ]


def test_the_text_does_not_depend_on_who_was_first_to_hear() -> None:
    """Runs that fail alike have one text, so that stored outputs can be compared."""
    names = ("carol", "dave")
    texts = set()
    for order in (names, names[::-1]):
        hears = [f"{name} hear alice#1" for name in order]
        enter = [f"{name} enter" for name in ("alice", "bob", *names)]
        events = told(*enter, "alice say alice#1", *hears, "alice ended client")
        (finding,) = judge(events, Promise()).broken
        texts.add(failing_part(finding))
    assert len(texts) == 1
