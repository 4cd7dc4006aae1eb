"""Somebody who takes part in a run."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

from labkit.delivery.lab_dialler import LabDialler
from labkit.delivery.participant import Participant
from tests.conftest import soon
from tests.support.run_parts import RunParts, run_parts


async def echo(websocket: Any) -> None:
    """Answer each message."""
    async for message in websocket:
        await websocket.send(f"you said {message}")


async def alice(parts: RunParts) -> Participant:
    """Return one that is connected."""
    dialler = LabDialler(parts.bench, "alice", parts.link, parts.history, hears=True, can_say=True)
    person = Participant(parts.link, parts.server, parts.count_connections, [dialler])
    await person.come()
    assert person.is_open
    assert person.speaker is person.listener is dialler
    return person


async def test_a_cut_is_over_once_both_ends_have_noticed(lab: ModuleType) -> None:
    """A second one does nothing, and whoever is back stays where it is."""
    async with run_parts(echo) as parts:
        person = await alice(parts)
        for _ in range(2):
            await person.cut()
            assert (person.is_open, parts.server.connection_count) == (False, 0)
        for _ in range(2):
            await person.back()
            assert (person.is_open, parts.server.connection_count) == (True, 1)
        assert [each for each in parts.words() if "connects" in each] == [
            "alice/1 connects",
            "alice/2 connects",
        ]


async def test_a_message_pulls_the_plug_and_is_lost(lab: ModuleType) -> None:
    """Upstream: the server never gets it, and both ends have noticed when it is said."""
    heard = []

    async def handler(websocket: Any) -> None:
        async for message in websocket:
            heard.append(message)

    async with run_parts(handler) as parts:
        person = await alice(parts)
        person.cut_at_message("upstream")
        assert person.is_open
        await person.say("alice#1")
        assert (person.is_open, parts.server.connection_count) == (False, 0)
        await person.back()
        await person.say("alice#2")
        await soon(lambda: heard)
        assert heard == ["alice#2.3"]


async def test_an_answer_pulls_the_plug_and_is_lost(lab: ModuleType) -> None:
    """Downstream: `back` waits until it has come, and then for both ends."""
    async with run_parts(echo) as parts:
        person = await alice(parts)
        person.cut_at_message("downstream")
        await person.say("alice#1")
        await person.back()
        assert parts.words() == [
            "alice/1 connects",
            "alice/1 says alice#1",
            "alice/1 has said alice#1",
            "alice/1 connection cut by a fault",
            "alice/2 connects",
        ]


async def test_a_plug_that_no_message_pulled_stays(lab: ModuleType) -> None:
    """After `back`, messages pass again; what waits for one is gone after `disarm`."""
    async with run_parts(echo) as parts:
        person = await alice(parts)
        person.cut_at_message("upstream")
        await person.back()
        await person.say("alice#1")
        person.cut_at_message("downstream")
        person.cut_at_message("upstream")
        person.disarm()
        await person.say("alice#2")
        await soon(lambda: "alice/1 hears alice#2" in parts.words())
        await person.end()


async def test_a_handler_that_does_not_notice_is_not_waited_for(lab: ModuleType) -> None:
    """Its connection ends all the same, as far as the link and the client are concerned."""

    async def handler(websocket: Any) -> None:
        await websocket.recv()
        await event.wait()

    event = asyncio.Event()
    async with run_parts(handler) as parts:
        person = await alice(parts)
        await person.say("alice#1")
        await person.cut()
        assert not person.is_open
        event.set()
