"""The bench: names, replacement, and clean ends."""

from __future__ import annotations

import asyncio
import time
from types import ModuleType

import pytest

from labkit import bench
from tests.conftest import soon


async def echo(websocket) -> None:  # type: ignore[no-untyped-def]
    """Send back what is heard."""
    async for message in websocket:
        await websocket.send(message)


async def test_people_get_names_in_order(lab: ModuleType) -> None:
    """Without a name, clients are alice, bob, carol."""
    server = await lab.serve("websocket")
    names = [(await lab.connect(server)).name for _ in range(10)]
    assert names[:3] == ["alice", "bob", "carol"] and len(set(names)) == 10


async def test_a_client_of_a_taken_name_replaces_the_old_one(
    lab: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """The old connection is closed, and one line says so."""
    server = await lab.serve("websocket")
    old = await lab.connect(server, "alice")
    new = await lab.connect(server, "alice")
    assert (old.state, old.close_code, new.state) == ("closed", 1000, "open")
    said = "alice was connected already; that connection is replaced by a new one.\n"
    assert capsys.readouterr().out == said


async def test_a_server_of_a_taken_name_takes_the_port_and_the_links(
    lab: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a replacement, links and clients come back to the new server on the old port."""
    first = await lab.serve("websocket", name="chat")
    alice = await lab.connect(first, "alice")
    link = await lab.link(first)
    second = await lab.serve(echo, name="chat")
    assert second.port == first.port and not first.running
    assert await alice.ends() == 1001
    await alice.open()
    await alice.say("anybody?")
    assert await alice.hears("anybody") == "anybody?"
    bob = await lab.connect(link, "bob")
    await bob.say("me too")
    await bob.hears("me too")
    assert "The server 'chat' is replaced" in capsys.readouterr().out


async def test_a_server_that_fails_to_start_costs_nothing(lab: ModuleType) -> None:
    """A handler that cannot be served leaves the old server of that name alone."""
    server = await lab.serve(echo, name="chat")
    alice = await lab.connect(server, "alice")
    with pytest.raises(lab.LabError):
        await lab.serve(lambda websocket: None, name="chat")
    await alice.say("still there?")
    await alice.hears("still there?")


async def test_names_reach_the_server(lab: ModuleType) -> None:
    """The server's view names the bench's clients, and numbers the others."""
    server = await lab.serve("websocket")
    await lab.connect(server, "alice")
    async with _raw(server.url) as raw:
        await raw.recv()
        assert server.connections == ["alice", "guest 2"]


@pytest.mark.exhaustive
async def test_close_is_quick_and_complete(lab: ModuleType) -> None:
    """Everything ends within 3 s, though a handler does not want to."""

    async def stubborn(websocket) -> None:  # type: ignore[no-untyped-def]
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.Event().wait()

    server = await lab.serve(stubborn)
    await lab.connect(server)
    started = time.monotonic()
    await lab.close()
    assert time.monotonic() - started < 6
    assert not server.running


async def test_what_fails_while_it_closes_is_told(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that cannot close keeps nobody else open, and its error is a background error."""
    server = await lab.serve("websocket")
    alice, bob = await lab.connect(server), await lab.connect(server)
    close = alice.close

    async def broken() -> None:
        await close()
        raise RuntimeError("no way out")

    monkeypatch.setattr(alice, "close", broken)
    await lab.close()
    assert [error.what for error in lab.errors()] == ["RuntimeError: no way out"]
    assert bob.state == "closed" and not server.running


async def test_fresh_cancels_the_learners_tasks(lab: ModuleType) -> None:
    """What an earlier run left behind ends."""
    task = asyncio.create_task(asyncio.sleep(60))
    await lab.fresh()
    assert task.cancelled()


@pytest.mark.exhaustive
async def test_blocked_times_are_kept(lab: ModuleType) -> None:
    """A blocked loop is noted with its duration."""
    current = bench.current()
    time.sleep(1.3)  # noqa: ASYNC251 - the block is what is tested
    await soon(lambda: current.blocked)
    assert current.blocked[0] > 1
    await lab.fresh()
    assert current.blocked == []


async def test_old_shows_are_followed_no_longer(lab: ModuleType) -> None:
    """However often a cell shows, a bounded number of shows costs something."""
    alice = await lab.connect(await lab.serve("websocket"), "alice")
    for _ in range(bench.STAGES + 5):
        lab.show(alice)
    assert len(bench.current().stages) == bench.STAGES
    assert len(alice.changes._listeners) == bench.STAGES


def _raw(url: str):  # type: ignore[no-untyped-def]
    from websockets.asyncio.client import connect

    return connect(url, proxy=None)
