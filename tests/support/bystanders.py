"""Two people who go on chatting while somebody else misbehaves, and who must lose nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

from labkit import bench
from labkit.transports.contract import Client, Server


class Bystanders:
    """Alice and bob, who say numbered things to each other without a pause.

    Attributes
    ----------
    rounds
        How many messages went to bob and back so far.
    """

    def __init__(self, alice: Client, bob: Client) -> None:
        self.alice = alice
        self.bob = bob
        self.rounds = 0

    async def chat(self) -> None:
        """Say a number, wait until bob heard it, and let bob say it back; for ever."""
        while True:
            await self.alice.say(f"there {self.rounds}")
            await self.bob.hears(f"there {self.rounds}", within=10)
            await self.bob.say(f"back {self.rounds}")
            await self.alice.hears(f"back {self.rounds}", within=10)
            self.rounds += 1

    def own(self, client: Client, word: str) -> list[Any]:
        """Return what a client heard from the other one, not from strangers."""
        return [text for text in client.inbox if str(text).startswith(f"{word} ")]


@contextlib.asynccontextmanager
async def bystanders(lab: ModuleType, server: Server, **options: Any) -> AsyncIterator[Bystanders]:
    """Let two people chat on a server; afterwards they have lost nothing, and nothing is amiss."""
    people = Bystanders(
        await lab.connect(server, "alice", **options), await lab.connect(server, "bob", **options)
    )
    chat = asyncio.ensure_future(people.chat())
    try:
        yield people
        after = people.rounds + 2
        async with asyncio.timeout(20):
            while people.rounds < after and not chat.done():
                await people.bob.changes.until(lambda: people.rounds >= after, within=1)
    finally:
        chat.cancel()
        result = (await asyncio.gather(chat, return_exceptions=True))[0]
    assert isinstance(result, asyncio.CancelledError), result
    for client, word in ((people.bob, "there"), (people.alice, "back")):
        heard = people.own(client, word)
        # an inbox under a flood keeps what came last
        first = int(heard[0].split()[1]) if client.inbox.dropped else 0
        assert heard == [f"{word} {first + number}" for number in range(len(heard))]
        assert first + len(heard) >= people.rounds
        assert client.state == "open"
    await bench.current().finish()
