"""How faults choose among the messages that they select."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.faults import (
    Corrupt,
    Delay,
    Drop,
    Duplicate,
)
from labkit.faults.choice import IN_PARTS, TOO_LARGE
from labkit.faults.message_fault import MessageFault
from labkit.protocols.frame_splitter import MAX_UNIT
from labkit.protocols.units import Agreed
from tests.support.message_line import ENGINE, PLAIN, MessageLine, all_counts
from tests.support.raw import BINARY, PING, TEXT, frame


def test_numbers_belong_to_the_link() -> None:
    """All connections are counted together, each direction by itself."""
    counts, fault = all_counts(), Drop(nth=2)
    first, second = MessageLine(fault, counts=counts), MessageLine(fault, counts=counts)
    first.send("a")
    first.send("x", to="downstream")
    second.send("b", "c")
    second.send("y", to="downstream")
    assert first.heard() + second.heard() == ["a", "c"]
    assert first.heard("downstream") + second.heard("downstream") == ["x"]
    assert [counts[each].acted for each in counts] == [1, 1]


def test_the_first_ones() -> None:
    """`first` counts messages on which the fault acted."""
    line = MessageLine(Drop(every=2), first=2)
    line.send(*"abcdefgh")
    assert line.heard() == list("acefgh")


def test_probabilities_multiply() -> None:
    """That of the fault, and that of `link.add`."""
    line = MessageLine(Drop(probability=0.5), probability=0.5)
    line.send(*["x"] * 1000)
    assert 200 < 1000 - len(line.heard()) < 300


@settings(max_examples=30)
@given(st.integers(), st.lists(st.sampled_from("abc")), st.integers(0, 50))
def test_the_same_messages_have_the_same_fates(seed: int, sent: list[str], other: int) -> None:
    """By a seed, whatever crosses in the other direction or on other connections."""
    fault, counts = Drop(probability=0.5), all_counts()
    alone = MessageLine(fault, seed=seed)
    alone.send(*sent)
    first, second = (MessageLine(fault, seed=each, counts=counts) for each in (seed, seed + 1))
    for number, each in enumerate(sent):
        second.send(*["z"] * (other % (number + 2)))
        first.send("y", to="downstream")
        first.send(each)
    assert first.heard() == alone.heard()


@pytest.mark.parametrize(
    ("fault", "agreed", "size", "passes"),
    [
        (Drop(), PLAIN, MAX_UNIT + 1, True),
        (Drop(text="a"), PLAIN, MAX_UNIT + 1, True),
        (Delay(1), ENGINE, MAX_UNIT + 1, True),
        (Drop(event="a"), ENGINE, MAX_UNIT + 1, True),
        (Drop(), PLAIN, MAX_UNIT - 14, False),
        (Drop(kind="text"), PLAIN, MAX_UNIT + 1, None),
        (Drop(nth=2), PLAIN, MAX_UNIT + 1, None),
    ],
    ids=repr,
)
def test_large_messages(
    fault: MessageFault, agreed: Agreed, size: int, passes: bool | None
) -> None:
    """Above a mebibyte they pass; a fact says so if the fault would act, or cannot know."""
    line = MessageLine(fault, agreed)
    line.send(frame(BINARY, bytes(size)), frame(PING, b"?"))
    assert len(line.heard()) == (1 if passes is False else 2)
    assert line.notes == ([TOO_LARGE] if passes else [])


def test_large_messages_are_counted() -> None:
    """By what their header says."""
    line = MessageLine(Drop(nth=2))
    line.send(frame(TEXT, bytes(MAX_UNIT + 1)), "two", "three")
    assert line.heard()[1:] == ["three"]


FILES = '452-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'


@pytest.mark.parametrize(
    ("fault", "heard", "notes"),
    [
        (Drop(event="a"), ["6", "6", '42["b"]\x1ebBBBB'], []),
        (Drop(nth=2), [f"{FILES}", "bAAAA", "bAAAA\x1ebBBBB"], []),
        (Duplicate(event="a"), [FILES, "bAAAA", 'bAAAA\x1e42["b"]\x1ebBBBB'], [IN_PARTS]),
        (
            Corrupt(event="a"),
            [FILES.replace("1}", "0}"), "bAAAA", 'bAAAA\x1e42["b"]\x1ebBBBB'],
            [],
        ),
    ],
    ids=repr,
)
def test_attachments_in_another_body(
    fault: MessageFault, heard: list[str], notes: list[str]
) -> None:
    """They share their event's fate, also on another connection; others are left alone."""
    counts = all_counts()
    first, second = MessageLine(fault, counts=counts), MessageLine(fault, counts=counts)
    first.poll(FILES)
    second.poll("bAAAA")
    first.poll("bAAAA", '42["b"]', "bBBBB")
    assert [first.heard()[0], *second.heard(), first.heard()[1]] == heard
    assert first.notes + second.notes == notes
