"""The legs of a message's way."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.delivery.history import History
from labkit.delivery.judge import judge
from labkit.delivery.legs import checked_leg, leg_promise, read_from_store, read_to_store
from labkit.delivery.promise import Promise
from labkit.exceptions import LabError

EXACTLY = Promise("exactly once", audience="everybody", replayed=True)


def said(*names: str) -> History:
    """Return a history in which somebody says one thing after the other."""
    history = History(7)
    for name in dict.fromkeys(names):
        history.join(name, history.dial(name))
    for name in names:
        message = history.new_message(name)
        history.send(name, 1, message)
        history.sent(name, 1, message)
    return history


def kinds(history: History, promise: Promise) -> list[str]:
    """Return what breaks a promise, with the message."""
    return [f"{each.kind} {each.message}" for each in judge(history, promise).broken]


def test_the_store_hears_what_is_in_it() -> None:
    """In its order; what clients hear is no matter of this leg."""
    history = said("alice", "bob")
    history.hear("bob", 1, "alice#1.7")
    read = read_to_store(history, [{"text": "bob#1.7"}, "alice#1.7", "nothing known"])
    assert [(each.client, each.message) for each in read if each.kind == "hear"] == [
        ("store", "bob#1"),
        ("store", "alice#1"),
    ]
    assert kinds(read, leg_promise(EXACTLY, "to store")) == []


def test_what_the_store_has_twice_or_not_at_all_is_found() -> None:
    """One message is lost, and another one is duplicated."""
    read = read_to_store(said("alice", "alice"), ["alice#2.7", "alice#2.7"])
    promise = leg_promise(EXACTLY, "to store")
    assert sorted(kinds(read, promise)) == ["duplicated alice#2", "lost alice#1"]


def test_from_a_store_it_sends_what_is_in_it() -> None:
    """What nobody hears is lost then; what was never stored is owed to nobody."""
    history = said("alice", "alice", "alice")
    for number in (1, 3):
        history.hear("alice", 1, f"alice#{number}.7")
    read = read_from_store(history, ["alice#1.7", "alice#2.7"])
    assert [each.message for each in read if each.kind == "send"] == ["alice#1", "alice#2"]
    assert sorted(kinds(read, EXACTLY)) == ["lost alice#2", "unknown alice#3"]


def test_the_order_of_a_leg_from_a_store_is_the_order_of_the_store() -> None:
    """Whoever hears its rows in that order hears them in order, whatever the senders' was."""
    for heard, wrong in (((2, 1), []), ((1, 2), ["reordered"])):
        history = said("alice", "alice")
        for number in heard:
            history.hear("alice", 1, f"alice#{number}.7")
        read = read_from_store(history, ["alice#2.7", "alice#1.7"])
        promise = Promise("exactly once", "per sender", "everybody", replayed=True)
        assert [each.kind for each in judge(read, promise).broken] == wrong


def test_what_is_stored_twice_may_be_heard_twice() -> None:
    """The store's repeat is the fault of the other leg; a third time is one of this leg."""
    for times, wrong in ((2, []), (3, ["duplicated alice#1"])):
        history = said("alice")
        for _ in range(times):
            history.hear("alice", 1, "alice#1.7")
        assert kinds(read_from_store(history, ["alice#1.7"] * 2), EXACTLY) == wrong


def test_every_other_event_stays_as_it_is() -> None:
    """With its cause and its connection; ids of other runs stay foreign."""
    history = History(7)
    for _ in range(2):
        history.join("alice", history.dial("alice"))
    history.end("alice", 1, "fault")
    history.hear("alice", 2, "bob#1.3")
    history.leave("alice", 2)
    history.left("alice", 2)
    read = read_from_store(history, [])
    assert [each.words for each in read][1:] == [each.words for each in history]
    assert [each.connection for each in read][1:] == [each.connection for each in history]


def test_to_a_store_clients_get_their_acknowledgements() -> None:
    """Sends that fail, too, are of this leg."""
    history = said("alice")
    history.ack("alice", 1, "alice#1")
    history.send("alice", 1, "alice#2")
    history.failed("alice", 1, "alice#2")
    read = read_to_store(history, [])
    assert [each.words for each in read][2:] == [each.words for each in history]


def test_a_leg_is_chosen_by_whether_there_is_a_store() -> None:
    """And a leg with a store needs one."""
    assert checked_leg(None, has_store=False) == "whole"
    assert checked_leg(None, has_store=True) == "to store"
    assert checked_leg("from store", has_store=True) == "from store"
    assert checked_leg("whole", has_store=True) == "whole"
    with pytest.raises(LabError, match="needs a store"):
        checked_leg("to store", has_store=False)


@pytest.mark.parametrize("leg", ["", "store", 7, []])
def test_there_are_no_other_legs(leg: Any) -> None:
    """A sentence names those that there are."""
    with pytest.raises(LabError, match='leg must be one of "whole", "to store", "from store"'):
        checked_leg(leg, has_store=True)
