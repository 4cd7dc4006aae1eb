"""A server that lets a herd in a few at a time, and turns the rest away."""

from __future__ import annotations

import asyncio
from typing import Any

from labkit.bench.bench import Bench
from labkit.exercises.coming_back.herd_trial import TRY_AGAIN_LATER, HerdTrial, has_ended
from labkit.exercises.coming_back.slow_store import HISTORY
from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.outcome import Outcome
from labkit.exercises.visitors import closed_ones, heard_by, join, try_to_say
from labkit.transports.contract.expected import short_repr

AT_ONCE, WAITING = 2, 3
"""How many may load at once, and how many more may wait; the stub says the same."""

HERD = ("alice", "bob", "carol", "dave", "erin", "frank", "grace")
LATER = ("heidi", "ivan", "judy")
CUT_OFF = ("kim", "leo", "mia", "nils", "olga")
LAST = "pia"

NOTICED = 40
"""Turns of the loop in which a server notices the end of a connection, which takes about six."""


async def _judge(answer: Any, child: Bench) -> Outcome | None:
    trial = HerdTrial(child, answer, HERD)
    await trial.begin()
    try:
        return (
            await _judge_the_herd(trial)
            or await _judge_places(trial)
            or await _judge_a_failure(trial)
            or await _judge_later(trial)
            or await _judge_those_cut_off(trial)
        )
    finally:
        trial.store.be_quick()


async def _judge_the_herd(trial: HerdTrial) -> Outcome | None:
    """Judge who loads, who waits, and who is turned away."""
    store = trial.store
    expected = f"Alice and bob load, and the {WAITING} behind them wait."
    await store.begins(AT_ONCE)
    if store.most > AT_ONCE:
        return trial.wrong(expected, f"{store.most} loads ran at once.")
    if len(store.loads) < AT_ONCE:
        return trial.wrong(expected, f"Only {len(store.loads)} of them loads.")
    if found := await trial.stayed(*HERD[: AT_ONCE + WAITING]):
        return trial.wrong(expected, found)
    if found := await trial.turned_away(*HERD[AT_ONCE + WAITING :]):
        turned = " and ".join(HERD[AT_ONCE + WAITING :])
        return trial.wrong(f"{turned} find no place to wait: {TRY_AGAIN_LATER} for both.", found)
    return None


async def _judge_places(trial: HerdTrial) -> Outcome | None:
    """Judge whether a place is free again when its load has ended."""
    store, alice = trial.store, trial.people["alice"]
    trial.steps.append("alice's load ends")
    store.loads[0].set_result(HISTORY)
    for number, text in enumerate((HISTORY, "thank you"), 1):
        if number > 1:
            trial.steps.append(f"alice says {text!r}")
            await try_to_say(alice, text)
        heard = await heard_by(alice, number)
        if heard[number - 1 :] != [text]:
            told = f"Of all this, she heard {short_repr(heard)}."
            return trial.wrong(f"Alice hears {text!r}.", await closed_ones([alice]) or told)
    if not await store.begins(AT_ONCE + 1):
        told = "Nobody loads, although alice has what she needs: she keeps her place."
        return trial.wrong("Carol loads next.", told)
    return None


async def _judge_a_failure(trial: HerdTrial) -> Outcome | None:
    """Judge whether a place is free again when its load has failed."""
    store, bob = trial.store, trial.people["bob"]
    trial.steps.append("bob's load fails: it raises OSError")
    store.loads[1].set_exception(OSError("the database is away"))
    begun = await store.begins(AT_ONCE + 2)
    is_gone = await has_ended(bob)
    await trial.child.monitor.settle()
    trial.child.take_errors()  # the answer may let it out
    if not begun:
        return trial.wrong("Dave loads next.", "Bob's load has failed, and still has his place.")
    if not is_gone:
        return trial.wrong("Bob is disconnected.", "Bob's load has failed, and he is connected.")
    return None


async def _judge_later(trial: HerdTrial) -> Outcome | None:
    """Judge who may wait later, and who hears something in the end."""
    store, waiting = trial.store, LATER[: WAITING - 1]
    trial.steps.append(f"{', '.join(LATER)} connect, while only erin waits")
    for name in LATER:
        trial.people[name] = await join(trial.child, trial.server, name)
    if found := await trial.stayed(*waiting):
        return trial.wrong(f"{' and '.join(waiting)} wait, with erin.", found)
    if found := await trial.turned_away(LATER[-1]):
        expected = f"{LATER[-1]} finds no place to wait: {TRY_AGAIN_LATER}."
        return trial.wrong(expected, found)
    trial.steps.append("all other loads end, one after the other")
    patient = [*HERD[AT_ONCE : AT_ONCE + WAITING], *waiting]
    for number, name in enumerate(patient, AT_ONCE):
        if not await store.begins(number + 1):
            return trial.wrong("All who waited load in the end.", f"{name} never does.")
        store.loads[number].set_result(HISTORY)
        heard = await heard_by(trial.people[name], 1)
        if heard != [HISTORY]:
            told = f"{name} heard {short_repr(heard)}."
            return trial.wrong("Whoever came first loads first, and hears what was loaded.", told)
    if store.most > AT_ONCE:
        told = f"{store.most} loads ran at once."
        return trial.wrong(f"Never do more than {AT_ONCE} load at once.", told)
    return None


async def _judge_those_cut_off(trial: HerdTrial) -> Outcome | None:
    """Judge whether the places of clients are free again that are gone when they have loaded."""
    store = trial.store
    before = len(store.loads)
    trial.steps.append(
        f"{', '.join(CUT_OFF)} connect, and lose their lines before they have loaded"
    )
    for name in CUT_OFF:
        trial.people[name] = await join(trial.child, trial.server, name)
    await store.begins(before + AT_ONCE)
    for name in CUT_OFF:
        trial.people[name].link.cut()
    for _ in range(NOTICED):
        await asyncio.sleep(0)
    for number in range(before, before + len(CUT_OFF)):
        if not await store.begins(number + 1):
            break  # it does not load for clients that are gone
        store.let_go_on(number)
    await trial.child.monitor.settle()
    trial.child.take_errors()  # it may have sent to who was gone
    store.be_quick()
    trial.steps.append(f"{LAST} connects")
    trial.people[LAST] = await join(trial.child, trial.server, LAST)
    heard = await heard_by(trial.people[LAST], 1)
    if heard != [HISTORY]:
        told = await trial.stayed(LAST) or f"{LAST} heard nothing."
        return trial.wrong(f"{LAST} loads: all places are free again.", told)
    return None


STUB = f"""
import asyncio

AT_ONCE, WAITING = {AT_ONCE}, {WAITING}


class Entrance:
    def __init__(self, load):
        self.load = load

    async def handler(self, websocket): ...
"""

SOLUTION = """
import asyncio

AT_ONCE, WAITING = 2, 3


class Entrance:
    def __init__(self, load):
        self.load = load
        self.places = asyncio.Semaphore(AT_ONCE)
        self.entering = 0

    async def handler(self, websocket):
        if self.entering == AT_ONCE + WAITING:
            await websocket.close(1013)
            return
        self.entering += 1
        try:
            async with self.places:
                history = await self.load()
        finally:
            self.entering -= 1
        await websocket.send(history)
        async for message in websocket:
            await websocket.send(message)
"""

ALL_AT_ONCE = SOLUTION.replace(
    "            async with self.places:\n                history", "            history"
)

ALL_WAIT = SOLUTION.replace(
    """\
        if self.entering == AT_ONCE + WAITING:
            await websocket.close(1013)
            return
""",
    "",
)

PLACE_KEPT = SOLUTION.replace(
    """\
        await websocket.send(history)
        async for message in websocket:
            await websocket.send(message)
""",
    "",
).replace(
    """\
                history = await self.load()
""",
    """\
                await websocket.send(await self.load())
                async for message in websocket:
                    await websocket.send(message)
""",
)

NO_FINALLY = SOLUTION.replace(
    """\
        try:
            async with self.places:
                history = await self.load()
        finally:
            self.entering -= 1
""",
    """\
        await self.places.acquire()
        history = await self.load()
        self.places.release()
        self.entering -= 1
""",
)

EXERCISE = Exercise(
    id="coming_back.bounds_the_herd",
    title="a herd that stays bounded",
    task=(
        "Jitter is the clients' part, and not all of them do it. Write the server's: `handler` "
        "loads what a client missed with `await self.load()`, which is slow, sends it, and then "
        "sends each message back, which shows that the connection is alive. At most `AT_ONCE` "
        "loads run at a time. At most `WAITING` more clients wait for their turn, first come, "
        "first served; any further connection is closed with 1013, *try again later*. If a load "
        "fails, its client is disconnected, and the others must not notice."
    ),
    stub=STUB,
    hints=(
        "An `asyncio.Semaphore(2)` is a room with two places: `async with` takes one, waits if "
        "there is none, and gives it back, even after an error.",
        "What all connections share belongs in `__init__`: one semaphore, and the number of "
        "clients that are loading or waiting.",
        "Only the load needs a place. A client that has what it missed may stay for hours.",
        "The number goes down again whichever way the load ends: `try: ... finally: ...`.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(ALL_AT_ONCE, "loads ran at once"),
        Mistake(ALL_WAIT, "frank is still connected"),
        Mistake(PLACE_KEPT, "she keeps her place"),
        Mistake(NO_FINALLY, "still has his place"),
    ),
    judge=_judge,
    next=(
        "Erin hangs up while she waits for her turn. Your server loads for her anyway: how could "
        "it notice in time?"
    ),
)
