"""What a client keeps of what it hears and says."""

from __future__ import annotations

import asyncio
import sys
from types import ModuleType
from typing import Any

import pytest

from labkit.exceptions import NotHeard
from labkit.protocols.socketio import EventMessage
from labkit.transports.contract.history import Inbox, Transcript, size_in_memory
from labkit.transports.contract.transcript import Entry
from labkit.transports.settings import MAX_KEPT_BYTES, MAX_TRANSCRIPT_ENTRIES
from tests.conftest import turn_loop

MEGABYTE = "x" * 2**20


def test_an_inbox_lets_the_oldest_go() -> None:
    """It stays within its bytes, counts what went, and is a list otherwise."""
    inbox = Inbox()
    for number in range(100):
        inbox.keep(f"{number} {MEGABYTE}")
        assert sum(map(sys.getsizeof, inbox)) <= MAX_KEPT_BYTES
    assert inbox.dropped + len(inbox) == 100
    assert [text.split()[0] for text in map(str, inbox)] == [*map(str, range(inbox.dropped, 100))]
    assert len(inbox) > 10
    assert Inbox() == []


def test_an_inbox_that_a_learner_changed_still_has_its_bytes() -> None:
    """What is in the list counts, not what once was added."""
    inbox = Inbox()
    for _ in range(100):
        inbox.keep(MEGABYTE)
        inbox.clear()
    assert inbox.dropped == 0
    inbox.extend([MEGABYTE] * 30)
    inbox.keep(MEGABYTE * 20)
    assert len(inbox) == 1


def test_small_messages_count_with_what_they_cost() -> None:
    """A character takes more than a byte, and a quarter of a million of them are not kept."""
    inbox = Inbox()
    for _ in range(250_000):
        inbox.keep("é")
    assert sum(map(sys.getsizeof, inbox)) <= MAX_KEPT_BYTES


@pytest.mark.parametrize(
    ("arguments", "least"),
    [((b"x" * 10_000,), 10_000), (([[]] * 1000,), 50_000), (({"a": ["y" * 5000]},), 5000)],
)
def test_an_event_counts_with_its_arguments(arguments: tuple[Any, ...], least: int) -> None:
    """Its text alone says little: bytes are told with their beginning."""
    message = EventMessage.of("bytes", arguments)
    assert size_in_memory(message) - sys.getsizeof(message) >= least


def test_a_transcript_lets_the_oldest_go() -> None:
    """It has a number of entries and of bytes, and knows the numbers of those that are left."""
    transcript = Transcript()
    for number in range(MAX_TRANSCRIPT_ENTRIES + 10):
        assert transcript.keep(Entry("said", str(number), 0.0, "sending")) == number
    assert (len(transcript), transcript[0].text) == (MAX_TRANSCRIPT_ENTRIES, "10")
    for number in range(50):
        transcript.keep(Entry("heard", f"{number} {MEGABYTE}", 0.0))
    assert sum(sys.getsizeof(entry.text) for entry in transcript) <= MAX_KEPT_BYTES
    last = transcript.keep(Entry("said", "last", 0.0, "sending"))
    transcript.set_status(last, "sent")
    transcript.set_status(0, "sent")
    assert [entry.send_status for entry in transcript if entry.kind == "said"] == ["sent"]
    assert transcript.total == MAX_TRANSCRIPT_ENTRIES + 61


async def test_what_hears_reads_on_after_something_was_let_go(lab: ModuleType) -> None:
    """Read messages go without a word; `hears` counts those that nobody had read."""
    server = await lab.serve("websocket")
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    await bob.hears("Welcome")
    for number in range(20):
        await alice.say(f"{number} {'x' * 2**20}"[: 2**20])
        await bob.hears(f"{number} ")
    assert bob.inbox.dropped
    with pytest.raises(NotHeard) as missed:
        await bob.hears("never", within=0.01)
    assert "bob has heard nothing since the last `hears`" in str(missed.value)
    assert "dropped" not in str(missed.value)
    for number in range(40):
        await alice.say(f"{number} {'y' * 2**20}"[: 2**20])
    await alice.say("the end")
    await bob.changes.until(lambda: bob.inbox[-1] == "the end", within=10)
    with pytest.raises(NotHeard) as missed:
        await bob.hears("never", within=0.01)
    assert "earlier messages were dropped before anything read them" in str(missed.value)
    first, second = await bob.hears(2)
    assert int(str(second).split()[0]) == int(str(first).split()[0]) + 1
    assert await bob.hears("the end") == "the end"


async def test_hears_looks_at_each_message_once(lab: ModuleType) -> None:
    """However many come while it waits, and however often it wakes."""
    server = await lab.serve("websocket")
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    seen: list[Any] = []

    def is_last(message: Any) -> bool:
        seen.append(message)
        return bool(message == "199")

    waiting = asyncio.ensure_future(bob.hears(is_last, within=10))
    for number in range(200):
        await alice.say(str(number))
        await turn_loop()
    assert await waiting == "199"
    assert seen == bob.inbox
