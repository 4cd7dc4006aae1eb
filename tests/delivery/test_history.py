"""The history of a run."""

from __future__ import annotations

import json

import pytest

from labkit.delivery import History
from labkit.exceptions import LabError
from tests.support.told import as_told


def there(*names: str, run: int = 1) -> History:
    history = History(run)
    for name in names:
        history.join(name, history.dial(name))
    return history


def test_a_history_reads_like_what_happened() -> None:
    """In the order in which it was recorded, each event with its place."""
    history = there("alice", "bob")
    message = history.new_message("alice")
    history.send("alice", 1, message)
    history.hear("bob", 1, f"alice: {history.text(message)}")
    history.sent("alice", 1, message)
    history.ack("alice", 1, message)
    history.leave("bob", 1)
    history.left("bob", 1)
    history.end("alice", 1, "fault")
    history.dial("alice")
    history.failed("alice", 2, history.new_message("alice"))
    assert as_told(history) == [
        "alice/1 dial",
        "alice/1 joined",
        "bob/1 dial",
        "bob/1 joined",
        "alice/1 send alice#1",
        "bob/1 hear alice#1",
        "alice/1 sent alice#1",
        "alice/1 ack alice#1",
        "bob/1 leave",
        "bob/1 left",
        "alice/1 ended fault",
        "alice/2 dial",
        "alice/2 failed alice#2",
    ]
    assert [event.position for event in history] == list(range(13))
    assert history[5].client == "bob"
    assert history[-2:] == list(history)[-2:]
    assert repr(history) == "<History: 13 events of 2 clients>"


@pytest.mark.parametrize(
    "heard",
    [
        "alice#1.1",
        "alice: alice#1.1!",
        json.dumps({"from": "alice", "text": "alice#1.1"}),
        {"from": "alice", "text": "alice#1.1"},
        b'42["m","alice#1.1"]',
        "<p>alice#1.1</p>",
        "It was alice#1.1.",
        "alice#1.1,",
    ],
)
def test_an_id_is_found_in_whatever_is_heard(heard: object) -> None:
    """Handlers add names, make JSON of it, or decode it."""
    assert there("bob").hear("bob", 1, heard) == ["alice#1"]


@pytest.mark.parametrize(
    ("heard", "ids"),
    [
        ("alice#11.1", ["alice#11"]),
        ("malice#1.1", ["malice#1"]),
        ("alice#1.11", ["alice#1.11"]),
        ("alice#1.1x", []),
        ("alice#1", []),
        ("welcome", []),
        ("alice#1.1 bob#2.1 alice#1.1", ["alice#1", "bob#2", "alice#1"]),
        (b"\xff alice#1.1", ["alice#1"]),
    ],
)
def test_an_id_is_bounded(heard: object, ids: list[str]) -> None:
    """The first message is not found in the eleventh, nor one name in another."""
    assert there("bob").hear("bob", 1, heard) == ids


def test_a_message_of_another_run_keeps_the_number_of_its_run() -> None:
    """So a server that replays the last run's log is found out."""
    before, now = there("alice", run=1), there("bob", run=2)
    assert now.hear("bob", 1, before.text("alice#1")) == ["alice#1.1"]
    assert now.hear("bob", 1, now.text("alice#1")) == ["alice#1"]


def test_whoever_hears_anything_has_joined() -> None:
    """Also a text without an id; it is recorded once."""
    history = History()
    history.dial("bob")
    history.hear("bob", 1, "welcome")
    history.join("bob", 1)
    history.hear("bob", 1, "alice#1.1")
    assert as_told(history) == ["bob/1 dial", "bob/1 joined", "bob/1 hear alice#1"]


def test_a_probe_proves_joining_and_is_not_heard() -> None:
    """It has ids of its own, and is no message."""
    history = History()
    history.dial("bob")
    assert history.hear("bob", 1, history.probe()) == []
    assert as_told(history) == ["bob/1 dial", "bob/1 joined"]


def test_whoever_notices_the_end_first_says_its_cause() -> None:
    """A connection ends once: a client that closes what a fault has cut adds nothing."""
    history = there("bob")
    history.end("bob", 1, "fault")
    history.end("bob", 1, "server")
    assert as_told(history)[2:] == ["bob/1 ended fault"]


def test_nothing_is_recorded_after_the_stop() -> None:
    """Otherwise the closing of the servers would look as if they had hung up."""
    history = there("bob")
    history.stop()
    history.end("bob", 1, "server")
    assert history.hear("bob", 1, "alice#1.1") == ["alice#1"]
    assert len(history) == 2


@pytest.mark.parametrize("name", ["", "alice smith", "al-ice", "a#1", "probe"])
def test_a_name_that_cannot_stand_in_an_id_is_refused(name: str) -> None:
    """And the error says which can."""
    with pytest.raises(LabError, match="one word"):
        History().dial(name)
