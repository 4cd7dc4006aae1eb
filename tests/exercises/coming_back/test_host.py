"""The server that a client comes back to."""

from __future__ import annotations

from types import ModuleType

from labkit.exercises.coming_back.host import WELCOME, Host


async def test_it_welcomes_and_sends_away(lab: ModuleType) -> None:
    """Whoever says hello is welcomed, and is closed with the code that the judge wants."""
    host = Host()
    alice = await lab.connect(await lab.serve(host.handler), "alice")
    await alice.say("hello")
    assert await alice.hears(len(WELCOME)) == [*WELCOME]
    await host.close(4001, "elsewhere")
    assert host.hellos == ["hello"] and await alice.ends() == 4001


async def test_it_hangs_up(lab: ModuleType) -> None:
    """In the other mood it says nothing, and counts the visit."""
    host = Host()
    host.mood = "hang up"
    alice = await lab.connect(await lab.serve(host.handler), "alice")
    assert await alice.ends() == 1000
    assert (host.visits, host.hellos, list(alice.inbox)) == (1, [], [])
