"""What a history says about connections, messages and moments."""

from __future__ import annotations

import pytest

from labkit.delivery import Promise
from labkit.delivery.record import MAX_OWED, Record
from labkit.exceptions import LabError
from tests.support.told import told

AT_MOST, AT_LEAST = Promise(), Promise("at least once")


def record(*lines: str, promise: Promise = AT_MOST) -> Record:
    return Record(told(*lines), promise)


def owed(promise: Promise, *lines: str) -> list[str]:
    """Return to whom the last message is owed."""
    found = record(*lines, promise=promise)
    return sorted(found.audience(list(found.messages.values())[-1]))


@pytest.mark.parametrize(
    ("lines", "at_most", "at_least"),
    [
        (["bob enter", "alice say alice#1"], "bob", "bob"),
        (["bob dial", "alice say alice#1", "bob joined"], "", ""),
        (["bob enter", "bob ended fault", "alice say alice#1"], "", "bob"),
        (["bob enter", "bob leave", "alice say alice#1"], "", ""),
        (["bob enter", "bob left", "alice say alice#1"], "", ""),
        (["bob enter", "bob leave", "bob enter", "alice say alice#1"], "bob", "bob"),
        (["bob dial", "bob ended fault", "bob joined", "alice say alice#1"], "", "bob"),
        (["bob dial", "bob leave", "bob joined", "alice say alice#1"], "", ""),
        (["bob enter", "bob enter", "bob/1 ended fault", "alice say alice#1"], "bob", "bob"),
        (["bob enter", "alice send alice#1", "carol enter", "alice send alice#1"], "bob", "bob"),
    ],
)
def test_to_whom_a_message_is_owed(lines: list[str], at_most: str, at_least: str) -> None:
    """To the connections that stand, or to those who joined once, as proved before its sending."""
    assert owed(AT_MOST, "alice enter", *lines) == at_most.split()
    assert owed(AT_LEAST, "alice enter", *lines) == at_least.split()


def test_the_audience_is_part_of_the_promise() -> None:
    """The sender belongs to everybody, and a function chooses as it likes."""
    lines = ("alice enter", "bob enter", "store enter", "alice say alice#1")
    assert owed(Promise(audience="everybody"), *lines) == ["alice", "bob", "store"]
    assert owed(Promise(audience=lambda _, receiver: receiver == "store"), *lines) == ["store"]


@pytest.mark.parametrize(
    ("order", "lines", "shown", "known"),
    [
        (None, [], None, None),
        (None, ["bob hear alice#1"], 9, 9),
        (None, ["alice ack alice#1", "bob hear alice#1"], 10, 9),
        (None, ["bob hear alice#2"], None, None),
        ("per sender", ["bob hear alice#2"], 9, 9),
        ("per sender", ["alice ack alice#2"], None, None),
        ("per sender", ["alice enter", "alice say alice#3", "bob hear alice#3"], None, None),
        ("per sender", ["alice enter", "alice say alice#2", "bob hear alice#2"], None, None),
    ],
)
def test_when_the_server_surely_has_a_message(
    order: None, lines: list[str], shown: int | None, known: int | None
) -> None:
    """At its ack, when it is heard, or, with order, when a later one of its connection is heard.

    Not if that was sent again, for then it may have been heard for another reason.
    """
    before = ("alice enter", "bob enter", "carol dial", "alice say alice#1", "alice say alice#2")
    message = record(*before, *lines, promise=Promise(order=order)).messages["alice#1"]
    assert (message.shown and message.shown.position) == shown
    assert (message.known and message.known.position) == known


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ([], None),
        (["bob ended fault"], "ended"),
        (["bob ended fault", "bob dial"], None),
        (["bob leave"], "leave"),
        (["bob dial", "bob/1 ended fault"], None),
        (["bob dial", "bob leave"], "leave"),
        (["bob leave", "bob dial"], None),
    ],
)
def test_who_is_away_at_the_end(lines: list[str], kind: str | None) -> None:
    """Who has no connection left, or has begun to leave and has not dialled since."""
    away = record("bob enter", *lines).away("bob")
    assert (away and away.kind) == kind


def test_what_is_heard_before_it_is_sent_is_unknown() -> None:
    """It is not a hearing of the message that is sent later."""
    found = record("alice enter", "bob enter", "bob hear alice#1", "alice say alice#1")
    assert [event.position for event in found.unknown] == [4]
    assert found.messages["alice#1"].hears == []


def test_events_get_the_positions_that_they_have() -> None:
    """So a part of a history can be judged as it is."""
    found = Record(told("alice enter", "bob enter", "alice say alice#1")[2:], AT_MOST)
    assert found.messages["alice#1"].sends[0].position == 2


def test_a_connection_may_begin_with_any_event() -> None:
    """A part of a history may begin after it was dialled."""
    found = Record(told("bob enter", "bob hear alice#1")[1:], AT_MOST)
    assert found.connections["bob", 1].dial.kind == "joined"


def test_the_first_of_two_equal_events_counts() -> None:
    """Of both ends that notice the end of a connection, and of two proofs."""
    found = record("bob enter", "bob joined", "bob ended fault", "bob ended server")
    connection = found.connections["bob", 1]
    assert connection.joined and connection.joined.position == 1
    assert connection.is_excused


@pytest.mark.exhaustive
def test_what_is_owed_is_bounded() -> None:
    """And the error says by what, and what to do."""
    names = [f"c{number} enter" for number in range(1001)]
    lines = [f"c0 send c0#{number}" for number in range(MAX_OWED // 1000)]
    with pytest.raises(LabError, match=r"more than 1,000,000 deliveries.*Send fewer messages"):
        record(*names, *lines)


def test_few_sets_are_made_for_many_messages() -> None:
    """Messages that are sent between the same two changes share their members."""
    says = [f"alice say alice#{number}" for number in range(10)]
    found = record("alice enter", "bob enter", *says[:5], "carol enter", *says[5:])
    assert len({id(message.members) for message in found.messages.values()}) == 2
