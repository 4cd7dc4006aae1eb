"""One live run."""

from __future__ import annotations

import asyncio
import random
import time
from itertools import count
from types import ModuleType
from typing import Any

import pytest
from websockets.asyncio.server import broadcast

from labkit.delivery import Back, Cut, CutAtMessage, Promise, Say, Steps, run, search, workload
from labkit.delivery.tally import Tally
from labkit.exceptions import LabError
from labkit.transports.contract import Server
from tests.conftest import soon
from tests.support.chats import (
    Outbox,
    naive_chat,
    overtaking_chat,
    replaying_chat,
    sound_chat,
    sound_socketio_chat,
    storing_chat,
)

AT_MOST = Promise("at most once", order="per sender")
STORED = Promise("exactly once", acknowledged=True)
REPEAT = [CutAtMessage("alice", "downstream"), Say("alice"), Back("alice")]


def broken(trial: Any) -> set[str]:
    """Return what broke the promise."""
    return {finding.kind for finding in trial.verdict.broken}


async def check_sound(make: Any, seeds: range, **options: Any) -> None:
    """Check that a right answer is never accused, and that something can be said about it."""
    unsaid = 0
    for seed in seeds:
        trial = await run(make, workload(cuts=1 + seed % 3, seed=seed), AT_MOST, **options)
        assert not trial.verdict.broken, f"seed {seed}: {trial.verdict.broken}"
        assert trial.errors == []
        unsaid += trial.verdict.kept is None
    assert unsaid <= len(seeds) // 10


async def test_a_right_handler_is_not_accused(lab: ModuleType) -> None:
    """Whatever is cut: what the cuts took away is excused."""
    await check_sound(sound_chat, range(12))


def chat_with_a_slow_store() -> Any:
    """Make a chat that tells a message only when a thread has stored it, some of them late."""
    people, turn = set[Any](), count(1)

    async def handler(websocket: Any) -> None:
        people.add(websocket)
        try:
            async for text in websocket:
                await asyncio.to_thread(time.sleep, 0 if next(turn) % 4 else 0.15)
                broadcast(people - {websocket}, text)
        finally:
            people.discard(websocket)

    return handler


async def test_a_slow_store_is_no_loss(lab: ModuleType) -> None:
    """What is on its way through a thread is waited for, by a run and by a search."""
    steps = [Say("alice"), Say("bob"), Say("alice"), Say("bob")]
    assert (await run(chat_with_a_slow_store, steps, AT_MOST)).verdict.kept is True
    found = await search(chat_with_a_slow_store, AT_MOST, seeds=[1], messages=4, cuts=0)
    assert found.sentence == "The promise was kept in 1 run under as many seeds."


@pytest.mark.exhaustive
async def test_a_right_handler_is_never_accused(lab: ModuleType) -> None:
    """Under hundreds of seeds."""
    await check_sound(sound_chat, range(300))


@pytest.mark.exhaustive
async def test_a_right_socketio_server_is_never_accused(lab: ModuleType) -> None:
    """Made new for each run; what is said is emitted as `chat message`."""
    await check_sound(sound_socketio_chat, range(30))


@pytest.mark.parametrize(("chat", "audience"), [("websocket", "others"), ("socketio", "everybody")])
async def test_finished_chats_are_judged_by_name(lab: ModuleType, chat: str, audience: Any) -> None:
    """They keep what they promise; the one on Socket.IO also sends to the sender."""
    promise = Promise("at most once", "per sender", audience)
    trial = await run(chat, workload(messages=10, seed=2), promise)
    assert trial.verdict is not None
    assert trial.verdict.kept


@pytest.mark.parametrize(
    ("chat", "steps", "found"),
    [
        (naive_chat, [Cut("bob"), Say("carol")], "disconnected"),
        (replaying_chat, [Say("carol", pause=30), Cut("bob"), Say("carol"), Back("bob")], "stale"),
        (overtaking_chat, [*[Say("alice")] * 5, Say("bob")], "reordered"),
    ],
)
async def test_what_is_wrong_is_named(
    lab: ModuleType, chat: Any, steps: list[Any], found: str
) -> None:
    """The same in each run of the same steps."""
    for _ in range(2):
        trial = await run(chat, Steps(steps, clients=["alice"]), AT_MOST)
        assert found in broken(trial)
        assert "Broken: " in repr(trial)


async def test_a_sound_run_reads_the_same_each_time(lab: ModuleType) -> None:
    """How much was excused depends on how far messages had come, so it is not shown."""
    trial = run(sound_chat, workload(), AT_MOST)
    assert repr(trial) == "<Run of 24 steps: ready>"
    assert repr(await trial) == (
        "Kept: all that was owed arrived as promised. What faults took away is excused."
    )
    whole = await run(sound_chat, [Say("alice"), Say("bob")], AT_MOST)
    assert repr(whole) == "Kept: all that was owed arrived as promised."


async def test_it_counts_what_was_said(lab: ModuleType) -> None:
    """At the end, with what the promise forbids; before, nothing is known."""
    trial = run(
        replaying_chat, [Say("alice", pause=30), Cut("bob"), Back("bob"), Say("alice")], AT_MOST
    )
    assert trial.tally == Tally(which="this run")
    assert trial.part is None
    await trial
    assert trial.tally == Tally(1, said=2, duplicated=1, which="this run")
    assert trial.part is not None
    assert trial.is_broken_by("duplicated") and not trial.is_broken_by("lost")
    seen = trial.history
    assert await trial is trial
    assert trial.history is seen


async def test_errors_of_the_answer_are_its_own(lab: ModuleType) -> None:
    """They are kept with the run; the notebook's own background errors stay none."""

    async def handler(websocket: Any) -> None:
        async for _ in websocket:
            raise ZeroDivisionError("as planned")

    trial = await run(lambda: handler, [Say("alice"), Say("bob")], AT_MOST)
    assert "ZeroDivisionError: as planned" in trial.errors[0]
    assert "ZeroDivisionError: as planned" in repr(trial)
    assert lab.errors() == []


async def test_chance_is_seeded_for_the_answer(lab: ModuleType) -> None:
    """So it draws the same in each run; the notebook's own chance goes on as if none had been."""
    drawn: list[float] = []

    def make() -> Any:
        drawn.append(random.random())
        return sound_chat()

    random.seed(1)
    expected = [random.random(), random.random()]
    random.seed(1)
    assert random.random() == expected[0]
    for seed in (5, 5, 6):
        await run(make, Steps([Say("alice")], ["bob"], seed), AT_MOST)
    assert random.random() == expected[1]
    assert drawn[0] == drawn[1] != drawn[2]


async def test_a_repeat_is_stored_twice_unless_the_server_knows_it(lab: ModuleType) -> None:
    """A learner's sender says it again, since the acknowledgement was cut off."""
    for knows_repeats, found in ((False, {"duplicated"}), (True, set())):
        make = storing_chat(knows_repeats=knows_repeats)
        trial = await run(make, REPEAT, STORED, sender=Outbox)
        assert trial.leg == "to store"
        assert broken(trial) == found
        assert trial.verdict is not None
        assert trial.verdict.kept is not None


async def test_a_fault_comes_between_the_messages_of_a_sender(lab: ModuleType) -> None:
    """So what was said before it is acknowledged, and what waits for a message meets that one."""
    make = storing_chat(knows_repeats=False)
    for _ in range(3):
        between = [Say("alice"), Cut("alice"), Say("alice"), Back("alice")]
        trial = await run(make, between, STORED, sender=Outbox)
        assert broken(trial) == set()
        trial = await run(make, [Say("alice"), *REPEAT], STORED, sender=Outbox)
        assert trial.verdict is not None
        told = [str(each) for each in trial.verdict.broken]
        assert told == ["duplicated: store heard alice#2 twice."]


async def test_senders_say_things_in_the_order_of_the_steps(lab: ModuleType) -> None:
    """Also those of whom the list of clients has another order."""
    for names in (("bob", "carol"), ("carol", "bob")):
        steps = Steps([Say("carol"), Say("bob")], names)
        trial = await run(storing_chat(knows_repeats=True), steps, STORED, sender=Outbox)
        said = [each.message for each in trial.history if each.kind == "send"]
        assert said == ["carol#1", "bob#1"]


async def test_what_the_answer_starts_ends_with_the_run(lab: ModuleType) -> None:
    """Its tasks, also those of its factory, are cancelled."""
    tasks = []

    def make() -> Any:
        tasks.append(asyncio.create_task(asyncio.Event().wait()))

        async def handler(websocket: Any) -> None:
            tasks.append(asyncio.create_task(asyncio.Event().wait()))
            await websocket.recv()

        return handler

    await run(make, [Say("alice"), Say("bob")], AT_MOST)
    assert len(tasks) == 3
    assert all(task.cancelled() for task in tasks)
    await lab.finish()


async def test_without_a_repeat_a_message_is_lost(lab: ModuleType) -> None:
    """A client of labkit's says it once, also while it is away."""
    steps = [Say("bob", pause=20), Cut("bob"), Say("bob"), Back("bob"), Say("bob")]
    promise = Promise("at least once")
    trial = await run(storing_chat(knows_repeats=True), steps, promise, leg="to store")
    assert trial.verdict is not None
    assert [str(each) for each in trial.verdict.broken] == ["lost: store never heard bob#2."]


async def test_a_stuck_handler_does_not_hold_up_a_run(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that waits for something else than its connection is cancelled soon after the end."""
    monkeypatch.setattr(Server, "handler_timeout", 60.0)  # what it gets otherwise

    async def handler(websocket: Any) -> None:
        await asyncio.Event().wait()

    async with asyncio.timeout(10):
        trial = await run(lambda: handler, [Say("alice"), Say("bob")], AT_MOST)
    assert trial.verdict is not None
    assert trial.verdict.kept is None


async def test_an_interrupt_leaves_nothing(lab: ModuleType) -> None:
    """A run that is cancelled at any moment closes its servers, clients and links."""
    for turns in (0, 1, 5, 20, 60, 120):
        trial = run(sound_chat, workload(messages=40), AT_MOST)
        task = asyncio.ensure_future(_awaited(trial))
        for _ in range(turns):
            await asyncio.sleep(0)  # sleeps: for no time, only a turn
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
        assert trial.verdict is None
    own = asyncio.current_task()
    await soon(lambda: not [task for task in asyncio.all_tasks() if _is_of_run(task, own)])
    await lab.finish()


async def _awaited(trial: Any) -> Any:
    return await trial


def _is_of_run(task: asyncio.Task[Any], own: object) -> bool:
    return task is not own and "sound_chat" in repr(task)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (([Say("alice")], "at most once"), "judged by a Promise"),
        (("cut bob", AT_MOST), "Steps are a list"),
        (([], AT_MOST), "needs a client"),
    ],
)
def test_wrong_arguments_are_refused_at_once(arguments: Any, told: str) -> None:
    """A sentence says what is wrong, before anything runs."""
    with pytest.raises(LabError, match=told):
        run(sound_chat, *arguments)


def test_wrong_options_are_refused_at_once() -> None:
    """So are a leg that there is not, and what cannot be called."""
    for options, told in (
        ({"leg": "up"}, "leg must be"),
        ({"sender": 7}, "sender must be a class"),
        ({"receiver": "listen"}, "receiver must be a coroutine function"),
    ):
        with pytest.raises(LabError, match=told):
            run(sound_chat, [Say("alice")], AT_MOST, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("subject", "told"),
    [(7, "cannot be served"), (lambda: None, "returned nothing"), ("chat", "no finished chat")],
)
async def test_what_cannot_be_served_is_refused(lab: ModuleType, subject: Any, told: str) -> None:
    """With the sentences of `lab.serve`."""
    with pytest.raises(LabError, match=told):
        await run(subject, [Say("alice")], AT_MOST)


async def test_a_leg_needs_its_store(lab: ModuleType) -> None:
    """And only the run knows whether the factory makes one."""
    with pytest.raises(LabError, match="needs a store"):
        await run(sound_chat, [Say("alice")], AT_MOST, leg="from store")
