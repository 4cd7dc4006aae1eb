"""What is lost while a line breaks twenty times: nothing where messages have numbers.

On raw WebSocket and Socket.IO it is counted what nobody reports.
"""

from __future__ import annotations

import asyncio
import random
import re
from types import ModuleType
from typing import Any

import pytest

from labkit.backoff import Backoff
from labkit.exceptions import Disconnected
from labkit.faults import Down, Reset, Schedule, Step
from labkit.transports.contract import Client
from tests.conftest import soon

MESSAGES = 2000
"""Messages each way."""

TIMES = 20
"""Times that the line breaks."""

APART = 0.3
"""Seconds between two breaks."""

AT_ONCE = Backoff(0.02, factor=1, jitter="none")


def cuts() -> Schedule:
    """Return cuts after which nobody gets through for 50 to 200 ms."""
    chance = random.Random(1)
    return Schedule(
        *(Step(0.1 + APART * n, Down(), seconds=chance.uniform(0.05, 0.2)) for n in range(TIMES))
    )


def resets() -> Schedule:
    """Return resets, after which everybody gets through at once."""
    return Schedule(*(Step(0.1 + APART * n, Reset(), seconds=0.02) for n in range(TIMES)))


BREAKS = {"cuts": cuts, "resets": resets}


async def speak(client: Client, word: str) -> list[str]:
    """Say all messages over the time of all breaks; return those that could not be sent."""
    failed = []
    loop = asyncio.get_running_loop()
    started = loop.time()
    for number in range(MESSAGES):
        try:
            await client.say(f"{word} {number}")
        except Disconnected:
            failed.append(f"{word} {number}")
        planned = started + number / MESSAGES * (APART * TIMES + 0.5)
        await asyncio.sleep(max(0, planned - loop.time()))  # sleeps: the line breaks meanwhile
    return failed


def heard(client: Client, word: str) -> list[str]:
    """Return what a client heard from the other."""
    return [str(text) for text in client.inbox if str(text).startswith(f"{word} ")]


def numbered(word: str) -> list[str]:
    """Return all messages."""
    return [f"{word} {number}" for number in range(MESSAGES)]


class Notes(list[str]):
    """All notes about a connection: a transcript keeps the last ones."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self._client = client
        self._seen = 0
        client.changes.subscribe(self._look)

    def _look(self) -> None:
        transcript = self._client.transcript
        new, self._seen = transcript.total - self._seen, transcript.total
        entries = (transcript[at] for at in range(-min(new, len(transcript)), 0))
        self += [str(entry.text) for entry in entries if entry.kind == "note"]


async def chat_over(
    lab: ModuleType, protocol: str, breaks: str, **options: Any
) -> tuple[Client, Client, Notes, list[str]]:
    """Let alice, whose line breaks, and bob talk.

    Return them, the notes about alice's connection, and what the two could not send.
    """
    server = await lab.serve(protocol)
    alice = await lab.connect(server, "alice", reconnect=AT_ONCE, **options)
    bob = await lab.connect(server, "bob", **options)
    notes = Notes(alice)
    with alice.link.follow(BREAKS[breaks]()) as run:
        failed = await asyncio.gather(speak(alice, "up"), speak(bob, "down"))
        await run.until_over()
    assert await alice.changes.until(lambda: alice.state == "open", within=60)
    return alice, bob, notes, [*failed[0], *failed[1]]


@pytest.mark.parametrize("breaks", BREAKS)
@pytest.mark.parametrize("protocol", ["sse", "longpoll", "poll"])
async def test_where_messages_are_numbered(lab: ModuleType, protocol: str, breaks: str) -> None:
    """Everything arrives, once and in order, and everything that was said is acknowledged."""
    options = {"interval": 0.02} if protocol == "poll" else {}
    alice, bob, notes, failed = await chat_over(lab, protocol, breaks, **options)
    assert failed == []
    await soon(lambda: len(heard(alice, "down")) == len(heard(bob, "up")) == MESSAGES, within=60)
    assert heard(alice, "down") == numbered("down")
    assert heard(bob, "up") == numbered("up")
    said = [entry.send_status for entry in alice.transcript if entry.kind == "said"]
    assert set(said) == {"acknowledged"}
    assert protocol == "poll" or notes.count("connected again") >= TIMES // 4
    assert not [note for note in notes if "at most" in note]


@pytest.mark.parametrize("breaks", BREAKS)
@pytest.mark.parametrize("protocol", ["websocket", "socketio"])
async def test_where_they_are_not(lab: ModuleType, protocol: str, breaks: str) -> None:
    """What is said while alice is away is missing, and nobody says how much; nothing is doubled."""
    options = {"transports": ["websocket"]} if protocol == "socketio" else {}
    alice, bob, notes, failed = await chat_over(lab, protocol, breaks, **options)
    await bob.say("the end")
    await alice.hears("the end", within=60)
    down, up = heard(alice, "down"), heard(bob, "up")
    missing = MESSAGES - len(down)
    assert missing > 0 and len(set(down)) == len(down) and len(set(up)) == len(up)
    assert len(up) <= MESSAGES - len(failed) and failed
    assert sum("connected again" in note for note in notes) >= TIMES // 2
    assert not [note for note in notes if re.search("[0-9]+ messages", note)]
