"""The ladder of the smallest failing part, as text and as drawing."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from labkit.delivery import Finding, Promise, judge
from labkit.delivery.event import Event
from labkit.delivery.failing_part import FailingPart
from labkit.views.ladder.failing_ladder import FailingLadder
from tests.support.told import told

SVG = "{http://www.w3.org/2000/svg}"
THERE = ("carol enter", "bob enter", "alice enter")


def drawn(promise: Promise, *lines: str) -> FailingLadder:
    events = told(*THERE, *lines)
    return FailingLadder(FailingPart(judge(events, promise).broken[:1], events))


def texts(ladder: FailingLadder, kind: str) -> list[str | None]:
    drawing = ElementTree.fromstring(ladder.svg)
    return [text.text for text in drawing.iter(f"{SVG}text") if text.get("class") == kind]


def arrows(ladder: FailingLadder, kind: str) -> list[tuple[float, float]]:
    """Return from where to where arrows of a kind go, in life lines: 0 is the first one's."""
    drawing = ElementTree.fromstring(ladder.svg)
    lines = [line for line in drawing.iter(f"{SVG}line") if line.get("class") == f"arrow {kind}"]
    lives = [line for line in drawing.iter(f"{SVG}line") if line.get("class") == "life"]
    first, second = (float(line.get("x1", 0)) for line in lives[:2])
    return [
        tuple((float(line.get(end, 0)) - first) / (second - first) for end in ("x1", "x2"))  # type: ignore[misc]
        for line in lines
    ]


def test_a_loss_is_drawn_as_what_did_not_come() -> None:
    """The sender stands left and the server right; what is lost ends before it reaches anybody."""
    ladder = drawn(Promise(), "alice say alice#1", "carol hear alice#1", "alice ended fault")
    assert texts(ladder, "who") == ["alice", "bob", "carol", "server"]
    assert arrows(ladder, "data") == [(0, 3), (3, 2)]
    assert arrows(ladder, "broken") == [(3, 1.5)]
    assert texts(ladder, "label") == ["alice#1", "alice#1", "bob does not hear alice#1"]
    assert texts(ladder, "label note") == ["has joined"]


def test_a_missing_acknowledgement_is_drawn_to_the_sender() -> None:
    """Beside what was heard."""
    promise = Promise(acknowledged=True)
    ladder = drawn(promise, "alice say alice#1", "bob hear alice#1", "carol hear alice#1")
    assert texts(ladder, "who") == ["alice", "bob", "server"]
    assert arrows(ladder, "broken") == [(2, 0.5)]
    assert texts(ladder, "label")[-1] == "alice gets no acknowledgement of alice#1"


def test_a_connection_that_ended_is_marked() -> None:
    """With who ended it; nothing crosses."""
    ladder = drawn(Promise(), "bob ended server")
    assert texts(ladder, "label mark") == ["connection closed by the server"]
    assert texts(ladder, "label note") == ["connects", "has joined"]
    assert arrows(ladder, "data") == arrows(ladder, "broken") == []


def test_two_who_disagree_are_drawn_alone() -> None:
    """Nobody else has a life line, not even the sender."""
    promise = Promise(order="total", audience=lambda sender, receiver: receiver in ("bob", "carol"))
    lines = ["alice say alice#1", "dave enter", "dave say dave#1"]
    lines += ["bob hear alice#1", "bob hear dave#1", "carol hear dave#1", "carol hear alice#1"]
    assert texts(drawn(promise, *lines), "who") == ["bob", "carol", "server"]


def test_an_acknowledgement_and_a_failed_sending() -> None:
    """They are arrows, too: one that comes, and one that breaks off."""
    rows = (
        Event("failed", "alice", 1, "alice#1"),
        Event("send", "alice", 1, "alice#1", position=1),
        Event("ack", "alice", 1, "alice#1", position=2),
    )
    ladder = FailingLadder(FailingPart([Finding("lost", "alice#1", "alice", "bob", rows)], rows))
    assert arrows(ladder, "data") == [(0, 2), (2, 0)]
    assert arrows(ladder, "broken") == [(0, 1.5), (2, 1.5)]
    assert texts(ladder, "label")[:3] == ["could not say alice#1", "alice#1", "ack alice#1"]


def test_what_a_cut_may_have_taken_ends_on_its_way() -> None:
    """The loss is marked at its receiver then: nobody knows that the server had the message."""
    lines = ["alice say alice#1", "alice ended fault", "alice/1 say alice#2", "alice enter"]
    events = told("carol enter", "alice enter", *lines)
    broken = judge(events, Promise("at least once", audience="everybody")).broken
    broken = tuple(each for each in broken if each.receiver == "carol")
    ladder = FailingLadder(FailingPart(broken, events))
    assert texts(ladder, "who") == ["alice", "carol", "server"]
    assert arrows(ladder, "data") == []
    assert arrows(ladder, "broken") == [(0, 1.5)]
    assert texts(ladder, "label") == ["says alice#1 (nothing shows that it arrived)"]
    assert texts(ladder, "label note") == [
        "has joined",
        "says alice#2 (while not connected)",
        "connects",
    ]
    assert texts(ladder, "label mark") == [
        "connection cut by a fault",
        "does not hear alice#1",
        "does not hear alice#2",
    ]


def test_a_store_stands_in_the_place_of_the_server() -> None:
    """On both legs: what it has, and what it sends, stands at its line, and is no arrow."""
    events = told("store enter", "alice enter", "alice say alice#1", "alice ack alice#1")
    events += told("store enter", "store hear bob#1")[2:]
    promise = Promise("exactly once", audience=lambda sender, receiver: receiver == "store")
    events = [replace(each, position=place) for place, each in enumerate(events)]
    lost = [each for each in judge(events, promise).broken if each.kind == "lost"]
    ladder = FailingLadder(FailingPart(lost, events))
    assert texts(ladder, "who") == ["alice", "store"]
    assert arrows(ladder, "data") == [(0, 1), (1, 0)]
    assert texts(ladder, "label lk-ladder-left") == ["hears bob#1", "does not hear alice#1"]
    events = told("store dial", "alice enter", "store say alice#1")
    broken = judge(events, Promise("exactly once", audience="everybody")).broken
    ladder = FailingLadder(FailingPart(broken, events))
    assert texts(ladder, "who") == ["alice", "store"]
    assert texts(ladder, "label lk-ladder-left") == ["sends alice#1"]
    assert arrows(ladder, "broken") == [(1, 0.5)]


def test_the_text_twin_and_the_list_say_the_same() -> None:
    """The text is that of the failing part; the page has it below the drawing."""
    ladder = drawn(Promise(), "alice say alice#1")
    assert repr(ladder) == str(ladder.part)
    html = ladder._repr_html_()
    assert "<figcaption>lost: bob never heard alice#1.</figcaption>" in html
    assert "<li>bob does not hear alice#1</li>" in html
    picture = html.partition("data:image/svg+xml;base64,")[2].partition('"')[0]
    assert b64decode(picture).decode() == ladder.svg


@pytest.mark.parametrize("heard", ["<b>#1", "\u202e#1"])
def test_what_was_heard_is_only_text(heard: str) -> None:
    """A peer's text is no markup, and turns nothing round."""
    event = Event("hear", "bob", 1, heard)
    ladder = FailingLadder(FailingPart([Finding("unknown", heard, "", "bob", (event,))], [event]))
    ElementTree.fromstring(ladder.svg)
    assert "<b>" not in ladder._repr_html_() and "\u202e" not in ladder._repr_html_() + repr(ladder)
