"""What carries out the steps of a run."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

from labkit.delivery import Back, Cut, Promise, Say, Steps, run
from tests.support.chats import Outbox, send_to_open, sound_chat

AT_MOST = Promise("at most once")


async def test_who_has_joined_is_proved_before_anything_is_said(lab: ModuleType) -> None:
    """A handler that registers late owes nothing to somebody of whom nothing proves it."""

    def make() -> Any:
        handler = sound_chat()

        async def slow(websocket: Any) -> None:
            for _ in range(20):
                await asyncio.sleep(0)  # sleeps: for no time, only turns
            await handler(websocket)

        return slow

    steps = [Say("alice"), Say("bob"), Cut("bob"), Back("bob"), Say("alice")]
    trial = await run(make, steps, AT_MOST)
    kinds = [(each.kind, each.client) for each in trial.history]
    assert kinds.index(("joined", "alice")) < kinds.index(("send", "alice"))
    assert kinds.index(("joined", "bob")) < kinds.index(("send", "alice"))
    assert trial.verdict is not None
    assert trial.verdict.kept


async def test_a_late_duplicate_is_seen(lab: ModuleType) -> None:
    """The last thing that each sender says passes behind it."""

    def make() -> Any:
        people: set[Any] = set()

        async def handler(websocket: Any) -> None:
            people.add(websocket)
            before = None
            async for message in websocket:
                for person in people - {websocket}:
                    if before is not None:
                        await send_to_open(person, before)
                    await send_to_open(person, message)
                before = message

        return handler

    trial = await run(make, [Say("alice"), Say("bob")], AT_MOST)
    assert trial.verdict is not None
    assert sorted(str(each) for each in trial.verdict.broken) == [
        "duplicated: alice heard bob#1 twice.",
        "duplicated: bob heard alice#1 twice.",
    ]


async def test_a_cut_alone_breaks_nothing(lab: ModuleType) -> None:
    """Where nothing was said, nothing is said at the end, which would break a wrong handler."""

    async def handler(websocket: Any) -> None:
        async for _ in websocket:
            raise ZeroDivisionError

    trial = await run(lambda: handler, Steps([Cut("bob")], ["alice"]), AT_MOST)
    assert trial.verdict is not None
    assert trial.verdict.kept is None
    assert [each.words for each in trial.history] == [
        "connects",
        "connects",
        "connection cut by a fault",
    ]
    assert trial.errors == []


async def test_a_witness_hears_what_a_sender_says(lab: ModuleType) -> None:
    """A learner's sender that hears nothing is judged by what a client of labkit's hears."""

    def make() -> Any:
        people: set[Any] = set()

        async def handler(websocket: Any) -> None:
            people.add(websocket)
            try:
                async for message in websocket:
                    for person in people - {websocket}:
                        await send_to_open(person, message)
                    await websocket.send("acknowledged")
            finally:
                people.discard(websocket)

        return handler

    promise = Promise("exactly once", acknowledged=True)
    trial = await run(make, [Say("alice"), Say("alice")], promise, sender=Outbox)
    hears = [(each.client, each.message) for each in trial.history if each.kind == "hear"]
    assert hears == [("witness", "alice#1"), ("witness", "alice#2")]
    assert trial.verdict is not None
    assert trial.verdict.kept


async def test_a_feed_from_a_store_is_judged(lab: ModuleType) -> None:
    """A receiver that asks for everything again hears it twice; one that asks for the rest not."""

    def make() -> Any:
        rows: list[str] = []
        grown = asyncio.Event()

        async def handler(websocket: Any) -> None:
            first = await websocket.recv()
            if not first.startswith("since "):
                rows.append(first)
                grown.set()
                await websocket.send("stored")
                return
            at = int(first.removeprefix("since "))
            while True:
                while at < len(rows):
                    await websocket.send(rows[at])
                    at += 1
                grown.clear()
                await grown.wait()

        async def stored() -> list[str]:
            return list(rows)

        return handler, stored

    def listener(*, remembers: bool) -> Any:
        async def listen(connect: Any, heard: Any) -> None:
            seen = 0
            async for websocket in connect():
                await websocket.send(f"since {seen if remembers else 0}")
                try:
                    async for message in websocket:
                        seen += 1
                        heard(message)
                except Exception:
                    continue

        return listen

    promise = Promise("exactly once", replayed=True)
    steps = [Say("alice", pause=40), Cut("alice"), Back("alice"), Say("alice")]
    for remembers, broken in ((True, []), (False, ["duplicated: alice heard alice#1 twice."])):
        trial = await run(
            make,
            steps,
            promise,
            sender=Outbox,
            receiver=listener(remembers=remembers),
            leg="from store",
        )
        assert trial.verdict is not None
        assert [str(each) for each in trial.verdict.broken] == broken
