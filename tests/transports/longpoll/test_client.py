"""Long polling, as its client does it."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.backoff import Backoff
from labkit.transports.longpoll import client as module
from tests.conftest import soon
from tests.support.hostile import Peer, hostile


def waits(asked: list[str]) -> list[str]:
    """Return for how long each poll may be held."""
    return [line.split("wait=")[1].split()[0] for line in asked if "wait=" in line]


async def test_the_first_poll_is_answered_at_once(lab: ModuleType) -> None:
    """So is the first one after a failure, because one that is held proves nothing until it ends.
    And what broke is held for half as long from then on."""
    asked: list[str] = []

    async def says(peer: Peer) -> None:
        peer.asked = asked
        await peer.request()
        await peer.tell('{"messages": [], "next": "aaaaaaaa-0"}')
        await peer.request()  # which breaks

    async with hostile(says) as (port, _):
        url, at_once = f"http://127.0.0.1:{port}/", Backoff(0)
        alice = await lab.connect(url, "alice", protocol="longpoll", reconnect=at_once)
        await soon(lambda: len(waits(asked)) >= 6)
        await alice.close()
    assert waits(asked)[:6] == ["0", "5", "0", "2.5", "0", "1.25"]
    assert repr(alice).startswith("<Client 'alice': longpoll, ")


async def test_a_server_that_holds_nothing_is_not_flooded(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A poll that is answered too early with nothing is followed by a pause."""
    monkeypatch.setattr(module, "POLL_INTERVAL", 60)
    asked: list[str] = []

    async def says(peer: Peer) -> None:
        peer.asked = asked
        await peer.request()
        await peer.tell('{"messages": [], "next": "aaaaaaaa-0"}')
        while True:
            await peer.request()
            await peer.answer(status="204 No Content")

    async with hostile(says) as (port, _):
        alice = await lab.connect(f"http://127.0.0.1:{port}/", "alice", protocol="longpoll")
        await soon(lambda: len(waits(asked)) == 2)
        await alice.close()
    assert waits(asked) == ["0", "5"]
