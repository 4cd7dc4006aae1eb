"""What a history shows, in words."""

from __future__ import annotations

import pytest

from labkit.delivery import Finding, Promise, judge
from tests.support.told import told

THERE = ("alice enter", "bob enter")


def only(finding_kind: str, promise: Promise, *lines: str) -> Finding:
    found = [one for one in judge(told(*lines), promise).findings if one.kind == finding_kind]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("kind", "lines", "sentence"),
    [
        ("lost", ["alice say alice#1"], "bob never heard alice#1."),
        (
            "duplicated",
            ["alice say alice#1", *["bob hear alice#1"] * 2],
            "bob heard alice#1 twice.",
        ),
        (
            "duplicated",
            ["alice say alice#1", *["bob hear alice#1"] * 3],
            "bob heard alice#1 3 times.",
        ),
        (
            "stale",
            ["alice say alice#1", "bob hear alice#1", "carol enter", "carol hear alice#1"],
            "carol heard alice#1, which others had heard before carol connected.",
        ),
        (
            "misdelivered",
            ["alice say alice#1", "bob hear alice#1", "alice hear alice#1"],
            "alice#1 came back to alice, who sent it.",
        ),
        (
            "misdelivered",
            ["bob leave", "bob left", "alice say alice#1", "bob hear alice#1"],
            "bob had left, and heard alice#1, which was sent later.",
        ),
        (
            "disconnected",
            ["bob ended server"],
            "The server closed bob's connection, without a fault.",
        ),
        ("unknown", ["bob hear alice#9"], "bob heard alice#9, which nobody had sent in this run."),
    ],
)
def test_a_finding_says_what_happened(kind: str, lines: list[str], sentence: str) -> None:
    """In one plain sentence with the names of those concerned."""
    assert only(kind, Promise(), *THERE, *lines).sentence == sentence


def test_a_message_for_others_only() -> None:
    """By the promise's own function."""
    promise = Promise(audience=lambda sender, receiver: receiver == "alice")
    finding = only("misdelivered", promise, *THERE, "alice say alice#1", "bob hear alice#1")
    assert finding.sentence == "bob heard alice#1, which was for others only."


@pytest.mark.parametrize(
    ("heard", "sentence"),
    [
        ((2, 3, 1), "bob heard alice#1 after alice#3, which was sent later."),
        ((3, 1, 2), "bob heard alice#3 before alice#1, which was sent earlier."),
    ],
)
def test_the_wrong_order(heard: tuple[int, ...], sentence: str) -> None:
    """Of the one message that must move, and one that it contradicts."""
    lines = [f"alice say alice#{number}" for number in (1, 2, 3)]
    lines += [f"bob hear alice#{number}" for number in heard]
    assert only("reordered", Promise(order="per sender"), *THERE, *lines).sentence == sentence


@pytest.mark.parametrize(
    ("heard", "words"),
    [([], "and nobody heard it"), (["bob hear alice#1"], "although bob heard it")],
)
def test_what_was_not_acknowledged_may_have_been_heard(heard: list[str], words: str) -> None:
    """It always says which: "made, and not acknowledged" is another fault than "lost"."""
    finding = only(
        "never acknowledged", Promise(acknowledged=True), *THERE, "alice say alice#1", *heard
    )
    assert finding.sentence == f"alice got no acknowledgement of alice#1, {words}."


def test_a_finding_too_late() -> None:
    """By the number of later messages that its sender had begun to send."""
    lines = ["alice say alice#1", "alice say alice#2", "bob hear alice#1", "bob hear alice#2"]
    finding = only("stale", Promise(fresh_for=0), *THERE, *lines)
    assert finding.sentence == (
        "bob heard alice#1 after alice had sent more later messages than the promise allows."
    )


def test_an_excuse_is_said_with_the_finding() -> None:
    """As a text, a finding has its kind, its sentence and why the promise allows it."""
    finding = only("lost", Promise(), *THERE, "alice say alice#1", "bob ended fault")
    assert str(finding) == (
        "lost: bob never heard alice#1. (excused: bob's connection was cut by a fault)"
    )
