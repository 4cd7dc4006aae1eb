"""What was owed and did not come: each loss with its excuse, or without one."""

from __future__ import annotations

import pytest

from labkit.delivery import Finding, Promise, judge
from tests.support.told import told

THERE = ("alice enter", "bob enter", "carol enter")
SAID = "alice say alice#1"
CAROL = "carol hear alice#1"
CUT = "was cut by a fault"
UNSURE = "before anything showed that it came through"


def losses(promise: Promise, *lines: str, kind: str = "lost") -> list[Finding]:
    return [one for one in judge(told(*THERE, *lines), promise).findings if one.kind == kind]


@pytest.mark.parametrize(
    ("lines", "excuse"),
    [
        ([SAID, CAROL], None),
        (["alice send alice#1", CAROL, "alice failed alice#1"], None),
        ([SAID, "bob ended fault", CAROL], f"bob's connection {CUT}"),
        ([SAID, "bob ended client", CAROL], "bob's connection was closed"),
        ([SAID, "bob ended server", CAROL], None),
        ([SAID, "bob leave", "bob left", CAROL], "bob had begun to leave"),
        ([SAID, "bob enter", "bob/1 ended fault", CAROL], f"bob's connection {CUT}"),
        (["bob enter", SAID, "bob/1 ended fault", CAROL], None),
        ([SAID, CAROL, "alice ended fault"], None),
    ],
)
def test_a_loss_under_at_most_once(lines: list[str], excuse: str | None) -> None:
    """Only the end of the receiver's own connection excuses what the server surely has."""
    (finding,) = losses(Promise(), *lines)
    assert (finding.message, finding.sender, finding.receiver) == ("alice#1", "alice", "bob")
    assert finding.excuse == excuse


@pytest.mark.parametrize(
    ("lines", "excuse"),
    [
        ([SAID], None),
        ([SAID, "alice ended fault"], f"alice's connection {CUT} {UNSURE}"),
        ([SAID, "alice ended client"], f"alice's connection was closed {UNSURE}"),
        ([SAID, "alice ended server"], None),
        ([SAID, "alice ack alice#1", "alice ended fault"], None),
        (
            ["alice send alice#1", "alice failed alice#1"],
            "alice could not send it: the call raised",
        ),
        (["alice send alice#1", "alice failed alice#1", "alice ended server"], None),
        (["alice send alice#1"], "alice was still sending it at the end"),
        ([SAID, "alice ended fault", "alice enter", SAID], None),
        (
            [SAID, "alice ended fault", "alice enter", SAID, "alice ended fault"],
            f"alice's connection {CUT} {UNSURE}",
        ),
    ],
)
def test_a_message_that_the_server_may_never_have_had(lines: list[str], excuse: str | None) -> None:
    """The end of each connection that sent it excuses the loss, unless the server made it."""
    assert {finding.excuse for finding in losses(Promise(), *lines)} == {excuse}


@pytest.mark.parametrize(
    ("order", "excuse"), [(None, f"bob's connection {CUT}"), ("per sender", None), ("total", None)]
)
def test_a_gap_shows_that_the_connection_is_no_reason(order: None, excuse: str | None) -> None:
    """If order is promised: a later message of the same sender's connection came through."""
    lines = [SAID, "alice say alice#2", "bob hear alice#2", CAROL, "carol hear alice#2"]
    (finding,) = losses(Promise(order=order), *lines, "bob ended fault")
    assert finding.excuse == excuse


@pytest.mark.parametrize(
    "lines",
    [
        [SAID, "alice ended fault", "alice enter", "alice say alice#2", "bob hear alice#2"],
        [SAID, "carol say carol#1", "bob hear carol#1", "alice hear carol#1"],
        [SAID, "bob enter", "alice say alice#2", "bob hear alice#2"],
        ["alice say alice#2", SAID, "bob hear alice#2"],
    ],
)
def test_what_is_no_gap(lines: list[str]) -> None:
    """Another connection of the sender or of the receiver, another sender, an earlier message."""
    lines = [*lines, CAROL, "carol hear alice#2", "bob/1 ended fault"]
    found = [one for one in losses(Promise(order="per sender"), *lines) if one.message == "alice#1"]
    assert [one.excuse for one in found if one.receiver == "bob"] == [f"bob's connection {CUT}"]


@pytest.mark.parametrize("delivery", ["at least once", "exactly once"])
@pytest.mark.parametrize(
    ("lines", "excuse"),
    [
        ([SAID, "bob ended fault"], "bob was away at the end"),
        ([SAID, "bob ended fault", "bob dial"], "bob was away at the end"),
        ([SAID, "bob ended fault", "bob enter"], None),
        ([SAID, "bob ended server"], None),
        ([SAID, "bob leave"], "bob had begun to leave"),
        (["bob ended fault", SAID], "bob was away at the end"),
        (["bob ended fault", SAID, "bob enter"], None),
        (
            [SAID, "alice ended fault"],
            "alice was away at the end, and nothing shows that it came through",
        ),
        ([SAID, "alice ended fault", "alice enter"], None),
        ([SAID, "alice ended server"], None),
        ([SAID, "alice ack alice#1", "alice ended fault"], None),
        (["alice send alice#1", "alice failed alice#1"], None),
    ],
)
def test_a_loss_under_promises_to_a_client(
    delivery: str, lines: list[str], excuse: str | None
) -> None:
    """Only that somebody is away at the end excuses it; the sender only if nothing came through."""
    found = losses(Promise(delivery), *lines)  # type: ignore[arg-type]
    assert [one.excuse for one in found if one.receiver == "bob"] == [excuse]


def test_what_was_heard_on_any_connection_is_not_lost() -> None:
    """A frame that was left on the old connection counts, and so does one on the next."""
    lines = [SAID, "bob enter", "bob/2 hear alice#1", CAROL]
    assert losses(Promise(), *lines) == []
    assert losses(Promise("exactly once"), *lines) == []


@pytest.mark.parametrize(
    ("delivery", "lines", "excuse"),
    [
        ("at most once", [SAID], None),
        ("at most once", ["alice send alice#1"], None),
        ("at most once", [SAID, "alice ended fault"], f"alice's connection {CUT}"),
        ("at most once", [SAID, "alice ended server"], None),
        ("at most once", [SAID, "alice leave"], "alice had begun to leave"),
        (
            "at most once",
            ["alice send alice#1", "alice failed alice#1"],
            "alice could not send it: the call raised",
        ),
        ("at least once", [SAID, "alice ended fault"], "alice was away at the end"),
        ("at least once", [SAID, "alice ended fault", "alice enter"], None),
        ("at least once", ["alice send alice#1", "alice failed alice#1"], None),
    ],
)
def test_a_missing_acknowledgement(delivery: str, lines: list[str], excuse: str | None) -> None:
    """It is excused as a loss is."""
    promise = Promise(delivery, acknowledged=True)  # type: ignore[arg-type]
    (finding,) = losses(promise, *lines, kind="never acknowledged")
    assert (finding.message, finding.sender, finding.excuse) == ("alice#1", "alice", excuse)


def test_no_acknowledgement_is_wanted_that_was_not_promised() -> None:
    """Nor is one missing that came."""
    assert losses(Promise(), SAID, kind="never acknowledged") == []
    promise = Promise(acknowledged=True)
    assert losses(promise, SAID, "alice ack alice#1", kind="never acknowledged") == []


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        (["bob ended server"], 1),
        (["bob ended fault"], 0),
        (["bob ended client"], 0),
        (["bob leave", "bob ended server"], 0),
        (["dave dial", "dave ended server"], 1),
    ],
)
def test_a_connection_that_the_server_ended(lines: list[str], number: int) -> None:
    """Neither a fault nor its client did, and it had not begun to leave."""
    assert len(losses(Promise(), *lines, kind="disconnected")) == number


def test_the_evidence_of_a_loss() -> None:
    """The joining, the sending, and, where the sender is gone, what shows that it came through."""
    (finding,) = losses(Promise(), SAID, CAROL)
    assert [event.words for event in finding.rows] == [
        "has joined",
        "says alice#1",
    ]
    (finding,) = losses(Promise(), SAID, CAROL, "alice ended fault")
    assert [event.words for event in finding.rows][2:] == ["hears alice#1"]
    (finding,) = losses(Promise(), SAID, "bob ended fault", CAROL)
    assert [event.words for event in finding.rows][2:] == ["connection cut by a fault"]
