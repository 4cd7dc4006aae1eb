"""What was heard and should not have been: each finding with its excuse, or without one."""

from __future__ import annotations

import pytest

from labkit.delivery import Finding, Promise, judge
from labkit.delivery.hearings import REPLAYED
from tests.support.told import told

THERE = ("alice enter", "bob enter")
SAID = "alice say alice#1"
BOB = "bob hear alice#1"
TWO = "it was heard once on each of two connections that stood at the same time"
MORE = "at least once may be more than once"


def found(kind: str, promise: Promise, *lines: str) -> list[Finding]:
    verdict = judge(told(*THERE, *lines), promise)
    return [finding for finding in verdict.findings if finding.kind == kind]


@pytest.mark.parametrize(
    ("promise", "lines", "excuse"),
    [
        (Promise(), [SAID, BOB, BOB], None),
        (Promise("exactly once"), [SAID, BOB, BOB], None),
        (Promise("at least once"), [SAID, BOB, BOB], MORE),
        (Promise(), [SAID, "bob enter", "bob/1 hear alice#1", BOB], TWO),
        (Promise(), ["bob enter", SAID, BOB, "bob/1 hear alice#1"], TWO),
        (Promise(), [SAID, BOB, "bob enter", BOB], None),
        (Promise(replayed=True), [SAID, BOB, "bob enter", BOB], REPLAYED),
        (Promise(replayed=True), [SAID, BOB, "bob enter", BOB, BOB], None),
        (Promise(), ["bob enter", SAID, SAID, BOB, "bob/1 hear alice#1"], None),
        (Promise("exactly once"), [SAID, "bob enter", "bob/1 hear alice#1", BOB], None),
    ],
)
def test_a_message_that_somebody_heard_twice(
    promise: Promise, lines: list[str], excuse: str | None
) -> None:
    """Two connections at the same time excuse it under at most once, if it was sent once."""
    (finding,) = found("duplicated", promise, *lines)
    assert (finding.message, finding.receiver, finding.excuse) == ("alice#1", "bob", excuse)
    assert all(row.words == "hears alice#1" for row in finding.rows)


def test_two_receivers_are_no_duplicate() -> None:
    """Each of them hears it once."""
    assert found("duplicated", Promise(), "carol enter", SAID, BOB, "carol hear alice#1") == []


@pytest.mark.parametrize("delivery", ["at most once", "exactly once"])
@pytest.mark.parametrize(
    ("lines", "number"),
    [
        ([SAID, BOB, "carol enter", "carol hear alice#1"], 1),
        ([SAID, "carol enter", "carol hear alice#1"], 0),
        ([SAID, "carol dial", BOB, "carol joined", "carol hear alice#1"], 0),
        ([SAID, "alice ack alice#1", "carol enter", "carol hear alice#1"], 0),
    ],
)
def test_who_came_when_others_had_heard_it(delivery: str, lines: list[str], number: int) -> None:
    """Not who came when it was sent, or acknowledged: it may have been under way."""
    assert len(found("stale", Promise(delivery), *lines)) == number  # type: ignore[arg-type]


def test_whose_connection_is_new_may_not_be_new_itself() -> None:
    """Under at most once a message is for connections, under the others for clients."""
    lines = [SAID, "alice hear alice#1", "bob ended fault", "bob enter", BOB]
    assert len(found("stale", Promise(audience="everybody"), *lines)) == 1
    assert found("stale", Promise("exactly once", audience="everybody"), *lines) == []


def test_a_later_message_shows_that_an_earlier_one_is_over() -> None:
    """If order is promised."""
    lines = [SAID, "alice say alice#2", "bob hear alice#2", "carol enter", "carol hear alice#1"]
    assert len(found("stale", Promise(order="per sender"), *lines)) == 1
    assert found("stale", Promise(), *lines) == []


@pytest.mark.parametrize(
    ("promise", "again", "excuse"),
    [
        (Promise(), [], None),
        (Promise(replayed=True), [], REPLAYED),
        (Promise("exactly once", replayed=True), [], REPLAYED),
        (Promise("exactly once"), [SAID], None),
        (Promise("at least once"), [], None),
        (
            Promise("at least once"),
            [SAID],
            "it was sent again, and at least once may pass it on again",
        ),
    ],
)
def test_a_replay_may_be_promised(promise: Promise, again: list[str], excuse: str | None) -> None:
    """Or it may come from a message that was sent again."""
    lines = [SAID, BOB, "carol enter", *again, "carol hear alice#1"]
    (finding,) = found("stale", promise, *lines)
    assert (finding.receiver, finding.excuse) == ("carol", excuse)
    words = ["says alice#1", "hears alice#1", "connects", "hears alice#1"]
    assert [row.words for row in finding.rows] == words


@pytest.mark.parametrize(("limit", "number"), [(None, 0), (2, 0), (1, 1), (0, 1)])
def test_a_message_that_came_too_late(limit: int | None, number: int) -> None:
    """When its sender had begun to send more later messages than the promise allows."""
    says = [f"alice say alice#{n}" for n in (1, 2, 3)]
    assert len(found("stale", Promise(fresh_for=limit), *says, "bob say bob#1", BOB)) == number


def test_late_is_late_also_for_those_who_get_a_replay() -> None:
    """A limit holds for everybody."""
    lines = [SAID, BOB, "alice say alice#2", "carol enter", "carol hear alice#1"]
    (finding,) = found("stale", Promise(replayed=True, fresh_for=0), *lines)
    assert finding.excuse is None


@pytest.mark.parametrize(
    ("promise", "lines", "receivers"),
    [
        (Promise(), [SAID, "alice hear alice#1"], ["alice"]),
        (Promise(audience="everybody"), [SAID, "alice hear alice#1"], []),
        (Promise(audience=lambda _, receiver: receiver == "store"), [SAID, BOB], ["bob"]),
        (Promise(), ["bob leave", "bob left", SAID, BOB], ["bob"]),
        (Promise(), ["bob leave", SAID, "bob left", BOB], []),
        (Promise(), ["bob leave", "bob left", SAID, "bob enter", BOB], []),
        (Promise(), ["bob leave", "bob left", SAID, BOB, "bob enter"], ["bob"]),
        (Promise(), ["bob enter", "bob/1 left", SAID, BOB], []),
        (Promise(), [SAID, "alice hear alice#1", "alice hear alice#1"], ["alice"]),
    ],
)
def test_who_should_not_have_heard_a_message(
    promise: Promise, lines: list[str], receivers: list[str]
) -> None:
    """Who is not in its audience, and who had left and not come back."""
    findings = found("misdelivered", promise, *lines)
    assert [finding.receiver for finding in findings if finding.excuse is None] == receivers


@pytest.mark.parametrize(
    "lines",
    [
        [SAID, "alice enter", "alice hear alice#1"],
        ["alice enter", SAID, "alice/1 hear alice#1"],
        [SAID, "alice enter", SAID, "alice hear alice#1"],
    ],
)
def test_a_sender_may_hear_itself_on_another_connection(lines: list[str]) -> None:
    """ "All but this connection" is what a server can know."""
    (finding,) = found("misdelivered", Promise(), *lines)
    assert finding.excuse == "it came on another of alice's connections than the one that sent it"


@pytest.mark.parametrize("heard", ["alice#7", "alice#1.7", "alcie#1"])
def test_what_nobody_sent(heard: str) -> None:
    """A guess, a message of another run, a changed text; once for each who heard it."""
    findings = found("unknown", Promise(), SAID, BOB, f"bob hear {heard}", f"bob hear {heard}")
    assert [(finding.message, finding.receiver) for finding in findings] == [(heard, "bob")]
