"""A client of labkit's own in a run."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from labkit.delivery.lab_dialler import LabDialler
from tests.conftest import soon
from tests.support.chats import sound_socketio_chat
from tests.support.run_parts import RunParts, run_parts


async def echo(websocket: Any) -> None:
    """Answer each message, and hang up when asked to."""
    async for message in websocket:
        if "#3" in message:
            await websocket.close(1011)
        await websocket.send(f"you said {message}")


async def come(parts: RunParts, *, hears: bool = True) -> LabDialler:
    """Return one that is connected."""
    dialler = LabDialler(parts.bench, "alice", parts.link, parts.history, hears=hears, can_say=True)
    await dialler.come()
    return dialler


async def test_it_records_what_it_says_and_hears(lab: ModuleType) -> None:
    """And that something heard proves that the server knows it."""
    async with run_parts(echo) as parts:
        dialler = await come(parts)
        assert dialler.is_open
        assert not dialler.has_joined
        await dialler.say("alice#1")
        await soon(lambda: dialler.has_joined)
        assert parts.words() == [
            "alice/1 connects",
            "alice/1 says alice#1",
            "alice/1 has said alice#1",
            "alice/1 has joined",
            "alice/1 hears alice#1",
        ]


async def test_who_ended_a_connection_is_recorded(lab: ModuleType) -> None:
    """A fault, if its plug is pulled; otherwise the server. It comes back as a new connection."""
    async with run_parts(echo) as parts:
        dialler = await come(parts)
        parts.link.cut()
        await dialler.until_closed(within=2)
        assert parts.words()[-1] == "alice/1 connection cut by a fault"
        await dialler.say("alice#1")
        assert parts.words()[-1] == "alice/1 could not say alice#1"
        await dialler.probe("probe#1.3")  # nobody hears it
        parts.link.restore()
        await dialler.come()
        await dialler.say("alice#3")
        await dialler.until_closed(within=2)
        assert "alice/2 connection closed by the server" in parts.words()


async def test_a_server_that_lets_nobody_in_has_ended_the_connection(lab: ModuleType) -> None:
    """Saying something fails then, as for anybody who is away."""
    async with run_parts(echo) as parts:
        await parts.server.stop()
        dialler = await come(parts)
        assert not dialler.is_open
        await dialler.say("alice#1")
        assert parts.words() == [
            "alice/1 connects",
            "alice/1 connection closed by the server",
            "alice/1 says alice#1",
            "alice/1 could not say alice#1",
        ]


async def test_probes_are_heard_and_not_recorded(lab: ModuleType) -> None:
    """Whoever only speaks records nothing that it hears, and its end no more when that is over."""
    async with run_parts(echo) as parts:
        dialler = await come(parts)
        await dialler.probe("probe#1.3")
        await soon(lambda: dialler.probes == ["you said probe#1.3"])
        assert parts.words() == ["alice/1 connects", "alice/1 has joined"]
        dialler.records_ends = False
        parts.link.cut()
        await dialler.until_closed(within=2)
        assert len(parts.history) == 2
    async with run_parts(echo) as parts:
        deaf = await come(parts, hears=False)
        await deaf.say("alice#1")
        await soon(lambda: parts.bench.clients["alice"].inbox)
        assert parts.words()[-1] == "alice/1 has said alice#1"


async def test_acknowledgements_of_socketio_are_recorded(lab: ModuleType) -> None:
    """Once the server's handler has run."""
    async with run_parts(sound_socketio_chat()) as parts:
        dialler = await come(parts)
        await dialler.say("alice#1")
        await soon(lambda: "alice/1 gets the acknowledgement of alice#1" in parts.words())
