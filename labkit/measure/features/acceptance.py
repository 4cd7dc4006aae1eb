"""The acceptance tests of the features: what each has to do, on whatever stack it is written."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from types import ModuleType

from labkit.clock import clock
from labkit.faults import Latency, RefuseUpgrade, StripUpgrade
from labkit.measure.features.sources import Feature
from labkit.measure.features.stage import PATIENCE, Broken, Heard, Stage, open_stage

DELAY = 0.06
"""Seconds after which a client comes back on the average. No library's clock is scaled."""

LATE, TIME_LIMIT = 0.08, 0.02
"""Seconds (scaled) that an answer takes which comes too late, and for which it is awaited."""


async def accept(feature: Feature, module: ModuleType) -> None:
    """Prove that a feature works, over real sockets.

    Parameters
    ----------
    feature
        Which one.
    module
        What its file defines.

    Raises
    ------
    Broken
        If it does not do what it has to, raises something, or fails in the background.
    """
    try:
        async with open_stage(module) as stage:
            await _TESTS[feature](stage)
    except Broken:
        raise
    except Exception as error:
        raise Broken(f"it raised {error!r}") from error


async def _test_broadcast(stage: Stage) -> None:
    """What one says reaches each of the others once, also when somebody has left."""
    at_alice, at_bob, at_carol = Heard(), Heard(), Heard()
    alice = await stage.connect(at_alice)
    bob = await stage.connect(at_bob)
    carol = await stage.connect(at_carol)
    await stage.reach(alice.say, at_bob, at_carol)
    await stage.reach(bob.say, at_alice)
    await alice.say("one")
    await at_bob.expect("one")
    await at_carol.expect("one")
    await carol.close()
    await alice.say("two")
    await at_bob.expect("one", "two")
    await bob.say("three")
    await at_alice.expect("three")


async def _test_rooms(stage: Stage) -> None:
    """What one says into a room reaches the others in it, until they leave it."""
    at_alice, at_bob, at_carol = Heard(), Heard(), Heard()
    alice = await stage.connect(at_alice)
    bob = await stage.connect(at_bob)
    carol = await stage.connect(at_carol)
    for client, room in ((alice, "red"), (bob, "red"), (carol, "blue")):
        await client.join(room)
        await client.join("hall")
    await stage.reach(partial(alice.say, "hall"), at_bob, at_carol)
    await stage.reach(partial(bob.say, "hall"), at_alice)
    await alice.say("red", "one")
    await alice.say("blue", "two")
    await at_bob.expect(("red", "one"))
    await at_carol.expect(("blue", "two"))
    await bob.leave("red")
    await bob.say("hall", "three")
    await at_alice.expect(("hall", "three"))
    await alice.say("red", "four")
    await alice.say("hall", "five")
    await at_bob.expect(("red", "one"), ("hall", "five"))
    await at_carol.expect(("blue", "two"), ("hall", "three"), ("hall", "five"))


async def _test_acknowledgement(stage: Stage) -> None:
    """Each text gets its own answer, and one that comes too late is nobody else's."""
    link = await stage.link()
    alice = await stage.connect(link=link)
    within = clock.seconds(PATIENCE)
    with link.add(Latency(LATE), "downstream"):
        limit = clock.seconds(TIME_LIMIT)
        _check(await _times_out(alice.say("one", limit)), "the time limit does not end the wait")
        answer = await alice.say("two", within)
    _check(answer == 2, f"the second text should be answered 2, and was with {answer}")
    answers = await asyncio.gather(*(alice.say(text, within) for text in ("three", "four")))
    _check(answers == [3, 4], f"the next two should be answered 3 and 4, and were with {answers}")


async def _test_reconnection(stage: Stage) -> None:
    """A client whose line broke comes back, later than at once, and says both."""
    texts, statuses = Heard(), Heard()
    link = await stage.link()
    alice = await stage.connect(texts, statuses, DELAY, link=link)
    await statuses.expect("connected")
    link.reset()
    await statuses.expect("connected", "disconnected")
    began = asyncio.get_running_loop().time()
    _check(await _fails(alice.say("lost")), "what is said without a connection is lost in silence")
    await statuses.expect("connected", "disconnected", "connected")
    waited = asyncio.get_running_loop().time() - began
    _check(waited > DELAY / 4, "it comes back at once, as all others would with it")
    await alice.say("hello")
    await texts.expect("hello")


async def _test_fallback(stage: Stage) -> None:
    """Behind proxies that let no WebSocket through, all texts travel by polling."""
    at_alice, at_bob, at_carol = Heard(), Heard(), Heard()
    alice = await stage.connect(at_alice)
    bob = await stage.connect(at_bob, link=await stage.link(StripUpgrade()))
    carol = await stage.connect(at_carol, link=await stage.link(RefuseUpgrade()))
    transports = [client.transport for client in (alice, bob, carol)]
    expected = ["websocket", "polling", "polling"]
    _check(transports == expected, f"texts should travel by {expected}, and do by {transports}")
    await stage.reach(alice.say, at_bob, at_carol)
    await stage.reach(bob.say, at_alice)
    for text in ("one", "two", "three"):
        await alice.say(text)
    await at_carol.expect("one", "two", "three")
    await at_bob.expect("one", "two", "three")
    await bob.say("four")
    await at_alice.expect("four")
    await at_carol.expect("one", "two", "three", "four")


_TESTS: dict[Feature, Callable[[Stage], Awaitable[None]]] = {
    "broadcast": _test_broadcast,
    "rooms": _test_rooms,
    "acknowledgement": _test_acknowledgement,
    "reconnection": _test_reconnection,
    "fallback": _test_fallback,
}


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Broken(otherwise)


async def _times_out(saying: Awaitable[object]) -> bool:
    """Return whether it raises a `TimeoutError`: Python's own, or the library's of that name."""
    try:
        await saying
    except Exception as error:
        return type(error).__name__ == "TimeoutError"
    return False


async def _fails(saying: Awaitable[object]) -> bool:
    try:
        await saying
    except Exception:
        return True
    return False
