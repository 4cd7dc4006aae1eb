"""The finished raw chat; the contract suite tests what it does for people."""

from types import ModuleType

from tests.conftest import soon


async def test_a_newcomer_is_told_how_many_are_there(lab: ModuleType) -> None:
    """The greeting begins with "Welcome" and counts."""
    server = await lab.serve("websocket")
    assert await (await lab.connect(server)).hears() == "Welcome! You are the first."
    assert await (await lab.connect(server)).hears() == "Welcome! You are one of 2."


async def test_nobody_stays_in_the_room(lab: ModuleType) -> None:
    """Whoever leaves, politely or not, is forgotten."""
    server = await lab.serve("websocket")
    alice, bob, carol = [await lab.connect(server) for _ in range(3)]
    await alice.close()
    bob.link.reset()
    await soon(lambda: len(server._handler._people) == 1)
    await carol.say("anybody?")
    assert (await lab.connect(server)).state == "open"
