"""The verdict in one sentence."""

from __future__ import annotations

import pytest

from labkit.delivery import Promise, judge
from tests.support.told import told

THERE = ("alice enter", "bob enter")
SAYS = ("alice say alice#1", "alice say alice#2", "alice say alice#3")
LATER = tuple(f"alice say alice#{number}" for number in (4, 5, 6, 7))
ONE, TWO, THREE = (f"bob hear alice#{number}" for number in (1, 2, 3))


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([ONE, TWO, THREE], "Kept: all 3 deliveries owed arrived as promised."),
        ([ONE, THREE], "Broken: 1 of 3 messages was lost."),
        ([THREE], "Broken: 2 of 3 messages were lost."),
        ([ONE, ONE, THREE], "Broken: 1 of 3 messages was lost and 1 was heard more than once."),
        (
            [ONE, ONE, THREE, "alice hear alice#3"],
            "Broken: 1 of 3 messages was lost, 1 was heard more than once and "
            "1 was heard by somebody it was not for.",
        ),
        ([ONE, TWO, THREE, "bob ended server"], "Broken: the server closed the connection of bob."),
        (
            [ONE, TWO, THREE, "bob ended server", "alice ended server"],
            "Broken: the server closed the connections of alice and bob.",
        ),
        ([ONE, TWO, THREE, "bob hear x#1"], "Broken: 1 message that nobody had sent was heard."),
        (
            [TWO, THREE, "bob hear x#1", "bob hear x#2"],
            "Broken: 1 of 3 messages was lost and 2 that nobody had sent were heard.",
        ),
        (
            [ONE, "bob ended fault", "bob enter"],
            "Kept: the one delivery owed arrived as promised; 2 findings excused.",
        ),
        (
            [ONE, "carol enter", "bob ended fault", "alice say alice#4", "carol hear alice#4"],
            "Kept: all 2 deliveries owed arrived as promised; 2 findings excused.",
        ),
    ],
)
def test_a_verdict_is_one_plain_sentence(lines: list[str], sentence: str) -> None:
    """It counts messages, whoever missed them, and names whom the server closed."""
    assert judge(told(*THERE, *SAYS, *lines), Promise()).sentence == sentence


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([], "no message was sent."),
        (["alice say alice#1"], "no delivery was owed to anybody."),
        (
            ["bob dial", *SAYS[:2], "bob joined", SAYS[2], ONE, TWO, THREE],
            "of 3 deliveries to clients that stayed, only 1 was owed.",
        ),
        (
            [
                "bob dial",
                *SAYS,
                *LATER[:2],
                "bob joined",
                *LATER[2:],
                "bob hear alice#6",
                "bob hear alice#7",
            ],
            "of 7 deliveries to clients that stayed, only 2 were owed.",
        ),
    ],
)
def test_nothing_can_be_said(lines: list[str], sentence: str) -> None:
    """And the sentence says how little was owed."""
    verdict = judge(told("alice enter", *lines), Promise())
    assert verdict.sentence == f"Nothing can be said: {sentence}"
