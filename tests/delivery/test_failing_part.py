"""The smallest failing part of a history."""

from __future__ import annotations

from labkit.delivery import Promise, judge
from labkit.delivery.event import Event
from labkit.delivery.failing_part import MAX_EVENTS, FailingPart
from tests.support.told import told

HEARS_NOT = "does not hear alice#1"


def part_of(events: list[Event], promise: Promise) -> list[str]:
    """Return the lines of the part that shows how a promise was broken."""
    return str(FailingPart(judge(events, promise).broken, events)).splitlines()


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
    broken = judge(events, Promise()).broken
    assert str(FailingPart(broken, ())).splitlines() == [
        "lost: bob never heard alice#1.",
        "  bob/2  has joined",
        "  alice  says alice#1",
        "  bob    does not hear alice#1",
    ]


def test_a_missing_acknowledgement() -> None:
    """It ends with what did not come."""
    events = told("alice enter", "bob enter", "alice say alice#1", "bob hear alice#1")
    assert part_of(events, Promise(acknowledged=True))[1:] == [
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
        texts.add("\n".join(part_of(events, Promise())))
    assert len(texts) == 1


def test_receivers_of_a_small_run_are_told_one_after_the_other() -> None:
    """Which of them is first to hear something differs from run to run."""
    names = ("carol", "dave")
    texts = set()
    for order in (names, names[::-1]):
        hears = [f"{name} hear alice#{number}" for name in order for number in (1, 2)]
        enter = [f"{name} enter" for name in ("alice", "bob", *names)]
        says = ["alice say alice#1", "alice say alice#2", "alice say alice#3"]
        events = told(*enter, *says, *hears, "bob hear alice#2")
        texts.add("\n".join(part_of(events, Promise())))
    assert len(texts) == 1


def test_a_small_run_is_told_with_its_steps() -> None:
    """Faults, what was said, and who came back, since the proof alone does not tell why."""
    events = told(
        "alice enter",
        "bob enter",
        "bob ended fault",
        "alice say alice#1",
        "bob enter",
        "alice ended server",
    )
    assert part_of(events, Promise()) == [
        "disconnected: The server closed alice's connection, without a fault.",
        "  alice  connects",
        "  alice  has joined",
        "  bob    connection cut by a fault",
        "  alice  says alice#1",
        "  bob/2  connects",
        "  alice  connection closed by the server",
    ]


def test_a_long_run_is_told_by_its_proof() -> None:
    """What else happened would hide it."""
    said = [f"alice say alice#{number}" for number in range(2, MAX_EVENTS + 2)]
    hears = [f"bob hear alice#{number}" for number in range(2, MAX_EVENTS + 2)]
    events = told("alice enter", "bob enter", "alice say alice#1", *said, *hears)
    lines = part_of(events, Promise(order=None))
    assert lines[1:] == ["  bob    has joined", "  alice  says alice#1", f"  bob    {HEARS_NOT}"]


def test_all_messages_that_are_lost_are_told() -> None:
    """Up to a few; one that waited in its sender, and one that the line took, are told apart."""
    events = told(
        "carol enter",
        "bob enter",
        "bob say bob#1",
        "bob ended fault",
        "bob/1 say bob#2",
        "bob/1 say bob#3",
        "bob enter",
        "carol hear bob#3",
    )
    assert part_of(events, Promise("at least once")) == [
        "lost: carol never heard bob#1.",
        "lost: carol never heard bob#2.",
        "  carol  has joined",
        "  bob    says bob#1 (nothing shows that it arrived)",
        "  bob    connection cut by a fault",
        "  bob    says bob#2 (while not connected)",
        "  bob    says bob#3 (while not connected)",
        "  bob/2  connects",
        "  carol  hears bob#3",
        "  carol  does not hear bob#1",
        "  carol  does not hear bob#2",
    ]
    many = [f"alice say alice#{number}" for number in range(7)]
    lines = part_of(told("alice enter", "bob enter", *many), Promise())
    assert lines[3:5] == ["lost: bob never heard alice#3.", "and 3 more like this"]


def test_a_store_that_is_always_there_does_not_join() -> None:
    """Of a store, its part is what it has, and what it sends."""
    events = told("store enter", "alice enter", "alice say alice#1", "alice ack alice#1")
    promise = Promise("exactly once", audience=lambda sender, receiver: receiver == "store")
    assert part_of(events, promise)[1:] == [
        "  alice  says alice#1",
        "  alice  gets the acknowledgement of alice#1",
        "  store  does not hear alice#1",
    ]
