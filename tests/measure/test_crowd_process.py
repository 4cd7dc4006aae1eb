"""The clients of a crowd, here in the tests' own process: when they dial, and what they report."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from labkit.backoff import Backoff, HasRandom
from labkit.clock import clock
from labkit.measure import crowd_process
from labkit.measure.counts import Event
from labkit.measure.crowd_process import AT_ONCE, Clients, Task
from labkit.transports.light_clients import LIGHT_CLIENTS, Target
from tests.conftest import soon, turn_loop

TARGET = Target("ws://127.0.0.1:1/", "127.0.0.1", 2)


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Event]]:
    """Collect what is reported, on a clock that is twenty times as fast."""
    seen: list[Event] = []
    monkeypatch.setattr(
        crowd_process, "report", lambda report: seen.extend(report.get("events", []))
    )
    monkeypatch.setattr(crowd_process, "BATCH", 0.001)
    clock.set(0.05)
    yield seen
    clock.set(None)


Stay = Callable[[Target, Callable[[], None]], Any]


@asynccontextmanager
async def living(
    monkeypatch: pytest.MonkeyPatch, stay: Stay, clients: int, reconnect: Backoff | None
) -> AsyncIterator[None]:
    """Let clients live that stay as they are told."""
    monkeypatch.setitem(LIGHT_CLIENTS, "websocket", stay)
    task = Task("websocket", TARGET, clients, reconnect, "seed", 1)
    running = asyncio.ensure_future(Clients(task).run())
    try:
        yield
    finally:
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


async def refuse(target: Target, on_opened: Callable[[], None]) -> None:
    """Fail at once."""
    raise ConnectionRefusedError


async def hang_up(target: Target, on_opened: Callable[[], None]) -> None:
    """Accept, and hang up."""
    on_opened()


def test_a_task_is_one_line() -> None:
    """It can be written and read again, with its backoff or without one."""
    for reconnect in (None, Backoff(0.5, jitter="equal")):
        task = Task("socketio", TARGET, 3, reconnect, "ünï", 0.5)
        line = task.to_json()
        assert "\n" not in line and line.isascii()
        assert Task.from_json(line.encode()) == task


@pytest.mark.parametrize("stay", [refuse, hang_up])
async def test_clients_wait_as_the_backoff_says(
    events: list[Event], monkeypatch: pytest.MonkeyPatch, stay: Stay
) -> None:
    """Before each attempt but the first, also at a server that accepts and hangs up."""
    async with living(monkeypatch, stay, 2, Backoff(0.4, cap=1, jitter="none")):
        await soon(lambda: sum(each.kind == "attempt" for each in events) >= 8)
    for client in (0, 1):
        times = [e.seconds for e in events if e.client == client and e.kind == "attempt"]
        waits = [b - a for a, b in pairwise(times)]
        assert all(wait >= 0.05 * least for wait, least in zip(waits, (0.4, 0.8, 1), strict=False))
    ended = {each.kind for each in events} - {"attempt"}
    assert ended == ({"failed"} if stay is refuse else {"connected", "lost"})
    assert {each.why for each in events} <= {"", "nothing listens there"}


async def test_clients_differ_by_their_jitter(
    events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has random numbers of its own, from the crowd's seed and its number."""
    backoff = Backoff(2, factor=1)
    async with living(monkeypatch, refuse, 20, backoff):
        await soon(lambda: sum(each.kind == "attempt" for each in events) >= 40)
    for client in range(20):
        _, failed, *again = [each.seconds for each in events if each.client == client]
        wait = 0.05 * backoff.delay(1, Random(f"seed/{client}"))
        assert all(seconds >= failed + wait - 0.001 for seconds in again)
    assert len({round(each.seconds, 3) for each in events if each.kind == "attempt"}) > 5


async def test_a_standing_connection_resets_the_waits(
    events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After it, a client waits as before its first attempt."""
    monkeypatch.setattr(crowd_process, "STABLE", 4.0)
    delay, attempts = Backoff.delay, list[int]()

    def ask(backoff: Backoff, attempt: int, rng: HasRandom | None = None) -> float:
        attempts.append(attempt)
        return delay(backoff, attempt, rng)

    monkeypatch.setattr(Backoff, "delay", ask)

    async def stay(target: Target, on_opened: Callable[[], None]) -> None:
        on_opened()
        if sum(each.kind == "lost" for each in events) == 3:
            await asyncio.sleep(0.25)  # sleeps: the connection stands for so long

    async with living(monkeypatch, stay, 1, Backoff(0.2, factor=3, cap=9, jitter="none")):
        await soon(lambda: sum(each.kind == "lost" for each in events) >= 4)
        await soon(lambda: sum(each.kind == "attempt" for each in events) >= 5)
    lost = [each.seconds for each in events if each.kind == "lost"]
    begun = [each.seconds for each in events if each.kind == "attempt"]
    assert attempts[:4] == [1, 2, 3, 1]
    assert begun[3] - lost[2] >= 0.05 * 1.8 and begun[4] - lost[3] >= 0.05 * 0.2


async def test_without_a_backoff_nobody_comes_back(
    events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each client dials once."""
    async with living(monkeypatch, hang_up, 3, None):
        await soon(lambda: len(events) == 9)
        await turn_loop(20)
    assert len(events) == 9


async def test_a_new_crowd_does_not_dial_all_at_once(
    events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one dials when one of the first has connected or failed; later, all may dial."""
    dialling: list[asyncio.Event] = []

    async def stay(target: Target, on_opened: Callable[[], None]) -> None:
        dialling.append(opened := asyncio.Event())
        await opened.wait()
        on_opened()
        await asyncio.Event().wait()

    async with living(monkeypatch, stay, AT_ONCE + 5, None):
        await soon(lambda: len(dialling) == AT_ONCE)
        await turn_loop(20)
        assert len(dialling) == AT_ONCE
        dialling[0].set()
        await soon(lambda: len(dialling) == AT_ONCE + 1)


async def test_a_fault_of_ours_ends_the_process(
    events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is no failure to connect is not taken for one: the crowd ends, and says why."""

    async def stay(target: Target, on_opened: Callable[[], None]) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(LIGHT_CLIENTS, "websocket", stay)
    with pytest.raises(ExceptionGroup) as failed:
        await Clients(Task("websocket", TARGET, 1, Backoff(), "seed", 1)).run()
    assert failed.group_contains(ZeroDivisionError)
