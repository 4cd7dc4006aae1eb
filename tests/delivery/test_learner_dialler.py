"""The learner's own client code in a run."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from labkit.delivery.learner_dialler import Receiver, Sender, takes_heard
from labkit.exceptions import LabError
from tests.conftest import soon
from tests.support.chats import Outbox
from tests.support.run_parts import RunParts, run_parts


async def echo(websocket: Any) -> None:
    """Answer each message."""
    async for message in websocket:
        await websocket.send(f"stored {message}")


def sender(parts: RunParts, make: Callable[..., Any], **options: Any) -> Sender:
    """Return a sender of alice's."""
    options = {"acknowledged": True, "hears": True, **options}
    return Sender(make, "alice", parts.link, parts.history, **options)


async def test_a_sender_says_one_thing_after_the_other(lab: ModuleType) -> None:
    """Each is acknowledged when its call returns, on a connection of its own if it likes."""
    async with run_parts(echo) as parts:
        outbox = sender(parts, Outbox)
        await outbox.come()
        await outbox.say("alice#1")
        await outbox.say("alice#2")
        await outbox.probe("probe#1.3")
        assert not outbox.is_idle
        await soon(lambda: outbox.is_idle)
        await outbox.end()
        said = [each for each in parts.words() if "alice#" in each]
        assert [each.partition(" ")[2] for each in said] == [
            "says alice#1",
            "has said alice#1",
            "gets the acknowledgement of alice#1",
            "says alice#2",
            "has said alice#2",
            "gets the acknowledgement of alice#2",
        ]


async def test_what_was_not_promised_is_not_recorded(lab: ModuleType) -> None:
    """Without an acknowledgement in the promise, a call that returns has sent."""
    async with run_parts(echo) as parts:
        outbox = sender(parts, Outbox, acknowledged=False)
        await outbox.come()
        await outbox.say("alice#1")
        await soon(lambda: outbox.is_idle)
        await outbox.end()
        assert not [each for each in parts.words() if "acknowledgement" in each]


class Staying:
    """Stays connected, and hears."""

    def __init__(self, connect: Callable[[], Any], heard: Callable[[Any], None]) -> None:
        self.connect = connect
        self.heard = heard
        self.websocket: Any = None

    async def run(self) -> None:
        """Connect again and again."""
        async for websocket in self.connect():
            self.websocket = websocket
            try:
                async for message in websocket:
                    self.heard(message)
            except ConnectionClosed:
                continue

    async def say(self, text: str) -> None:
        """Send a text."""
        await self.websocket.send(text)


async def test_a_sender_may_stay_connected_and_hear(lab: ModuleType) -> None:
    """It comes back once its plug is put back; attempts in between are not recorded."""
    async with run_parts(echo) as parts:
        both = sender(parts, Staying, acknowledged=False)
        await both.come()
        assert both.is_open
        await both.say("alice#1")
        await soon(lambda: both.has_joined)
        parts.link.cut()
        await both.until_closed(within=2)
        await soon(lambda: [row for row in parts.link.trace.rows() if row.kind == "refused"])
        assert not both.can_speak
        parts.link.restore()
        await both.come()
        assert (both.is_open, both.has_joined, both.has_ever_joined) == (True, False, True)
        await both.end()
        assert [each for each in parts.words() if "alice#" not in each] == [
            "alice/1 connects",
            "alice/1 has joined",
            "alice/1 connection cut by a fault",
            "alice/2 connects",
        ]


class Keeping:
    """Keeps the library's loop of connections from one message to the next."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self.dial = connect()
        self.connections = aiter(self.dial)
        self.websocket: Any = None

    async def say(self, text: str) -> None:
        """Send a text on the connection that is open."""
        self.websocket = self.websocket or await anext(self.connections)
        await self.websocket.send(text)
        await self.websocket.recv()


async def test_a_loop_of_connections_ends_with_the_run(lab: ModuleType) -> None:
    """And not in a task of asyncio's, once it is garbage-collected."""
    async with run_parts(echo) as parts:
        keeping = sender(parts, Keeping)
        await keeping.come()
        await keeping.say("alice#1")
        await soon(lambda: keeping.is_idle)
        assert keeping.is_open
        await keeping.end()
        assert not keeping.is_open
        assert parts.words()[-1] == "alice/1 connection closed by the client"


async def test_a_receiver_reports_what_counts(lab: ModuleType) -> None:
    """What it does not report is not heard."""

    async def listen(connect: Any, heard: Any) -> None:
        async with connect() as websocket:
            for text in ("alice#1.3", "alice#2.3"):
                await websocket.send(text)
                answer = await websocket.recv()
            heard(answer)

    async with run_parts(echo) as parts:
        receiver = Receiver(listen, "alice", parts.link, parts.history)
        await receiver.come()
        await receiver.say("alice#1")
        await receiver.probe("probe#1.3")
        assert not receiver.can_speak
        await receiver.until_closed(within=2)
        assert [each for each in parts.words() if "hears" in each] == ["alice/1 hears alice#2"]
        assert parts.words()[-1] == "alice/1 connection closed by the client"


class Failing:
    """Fails in every way."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self.connect = connect

    async def run(self) -> None:
        """Fail at once."""
        raise ZeroDivisionError

    async def say(self, text: str) -> None:
        """End everything."""
        sys.exit("enough")


async def test_errors_of_the_learners_code_are_kept(lab: ModuleType) -> None:
    """Neither an exception nor `sys.exit` ends more than it should; each is told with its line."""
    async with run_parts(echo) as parts:
        failing = sender(parts, Failing)
        await failing.come()
        await failing.say("alice#1")
        await soon(lambda: failing.is_idle)
        await failing.end()
        assert failing.errors == [
            "ZeroDivisionError (in alice's client, at `raise ZeroDivisionError` in "
            "test_learner_dialler.py)",
            'SystemExit: enough (in alice\'s client, at `sys.exit("enough")` in '
            "test_learner_dialler.py)",
        ]
        assert parts.words() == ["alice/0 says alice#1", "alice/0 could not say alice#1"]


async def test_an_end_before_its_beginning_leaves_nothing(lab: ModuleType) -> None:
    """Neither a coroutine that nobody awaits, nor a task that swallows a cancellation."""

    async def stubborn(connect: Any, heard: Any) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.Event().wait()

    async with run_parts(echo) as parts:
        outbox = sender(parts, Outbox)
        await outbox.come()
        await outbox.end()
        receiver = Receiver(stubborn, "alice", parts.link, parts.history)
        coming = asyncio.ensure_future(receiver.come())
        await asyncio.sleep(0)  # sleeps: for no time, only a turn
        await receiver.end()
        await receiver.end()
        await coming
        assert not receiver.is_open


async def test_a_sender_needs_say(lab: ModuleType) -> None:
    """A sentence says so."""
    async with run_parts(echo) as parts:
        with pytest.raises(LabError, match="async def say"):
            sender(parts, lambda connect: 7)


def test_a_sender_that_takes_two_arguments_hears() -> None:
    """One that takes one does not."""
    assert takes_heard(Staying)
    assert not takes_heard(Outbox)
    assert not takes_heard(7)  # type: ignore[arg-type]
