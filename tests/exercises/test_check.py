"""Checks of answers, above all of hostile ones; `tests/kernel` tries the worst in a real kernel."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from labkit import bench
from labkit.bench import Bench
from labkit.exceptions import Unfinished
from labkit.exercises import check as checking
from labkit.exercises.check import check_answer
from labkit.exercises.exercise import Exercise
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.tried import tries
from labkit.exercises.visitors import heard_by, open_chat, try_to_say
from tests.conftest import soon


async def judge_chat(answer: Any, child: Bench) -> Outcome | None:
    """Judge a handler that relays."""
    _, (alice, bob, _) = await open_chat(child, answer, "alice", "bob", "carol")
    await try_to_say(alice, "hello")
    if await heard_by(bob, 1) != ["hello"]:
        return not_yet("bob hears 'hello'", "he did not", "alice says 'hello'")
    return None


async def judge_sum(answer: Any, child: Bench) -> Outcome | None:
    """Judge a function that adds."""
    numbers = [1, 2]
    if answer(numbers) != 3:
        return not_yet("It returns 3.", "It did not.")
    return None


def exercise(stub: str, judge: Callable[[Any, Bench], Awaitable[Outcome | None]]) -> Exercise:
    """Return an exercise."""
    return Exercise("made.up", "made up", "", stub, (), "", (), judge, "And now?")


CHAT = exercise("people = set()\nasync def handler(websocket): ...", judge_chat)
SUM = exercise("def add(numbers): ...", judge_sum)

BEFORE = """
import asyncio, sys, time, functools
people = set()
kept = []
enough = asyncio.Event()

async def relay(websocket):
    people.add(websocket)
    try:
        async for message in websocket:
            for person in people - {websocket}:
                await person.send(message)
    finally:
        people.discard(websocket)

class Enough:
    now = False  # of a class: in a copy, too

async def ignore_cancelling():
    while not Enough.now:
        try:
            await asyncio.sleep(0.01)  # sleeps: until the test says that it is enough
        except asyncio.CancelledError:
            pass
"""

HANDLER = BEFORE + "async def handler(websocket):\n    LINE\n    await relay(websocket)\n"
FUNCTION = BEFORE + "def add(numbers):\n    LINE\n    return sum(numbers)\n"


def answer_of(source: str) -> tuple[Any, dict[str, Any]]:
    """Return the last definition of a cell, and the cell's names."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, "<cell>", "exec"), names)
    return names["handler" if "handler" in names else "add"], names


@pytest.mark.parametrize(("made", "source"), [(CHAT, HANDLER), (SUM, FUNCTION)])
async def test_a_right_answer_is_done(lab: ModuleType, made: Exercise, source: str) -> None:
    """The outcome has what to think about, and nothing is left on the bench."""
    answer, _ = answer_of(source.replace("LINE", "pass"))
    assert await check_answer(made, answer) == Outcome("done", "made.up", next="And now?")
    main = bench.current()
    assert (main.servers, main.clients, main.links) == ({}, {}, {})
    await lab.finish()


async def test_the_untouched_stub(lab: ModuleType) -> None:
    """It is not wrong, and nothing is run."""
    outcome = await check_answer(CHAT, CHAT.answer_of(CHAT.stub))
    todo = "Fill in `handler`, run its cell, and then this cell again."
    assert outcome == Outcome("untouched", "made.up", next=todo)


HOSTILE = [
    # (exercise, the hostile line, what the outcome says)
    (SUM, "while True: pass", "was stopped at"),
    (CHAT, "while True: pass", "was stopped at"),
    (CHAT, "for _ in iter(int, 1): people.add(1)", "was stopped at"),
    (SUM, "sys.exit('bye')", "called sys.exit('bye'), which would end the kernel"),
    (CHAT, "sys.exit()", "SystemExit (handler of 'chat', serving alice"),
    (CHAT, "kept.append(asyncio.create_task(asyncio.to_thread(sys.exit)))", "would end the kernel"),
    (SUM, "raise KeyboardInterrupt", "raised KeyboardInterrupt, which would end the kernel"),
    (SUM, "raise asyncio.CancelledError", "It cancelled the task that had called it."),
    (SUM, "asyncio.get_running_loop().stop()", "`loop.stop()` would end the kernel"),
    (CHAT, "asyncio.get_running_loop().stop()", "`loop.stop()` would end the kernel"),
    (SUM, "numbers.clear()", "It did not."),
    (CHAT, "del websocket", "UnboundLocalError"),
    (CHAT, "people.discard(websocket); await websocket.close()", "Happened: He did not"),
    (CHAT, "[await websocket.send('x') for _ in range(1_000_000)]", "was stopped at"),
    (SUM, "[print('x') for _ in range(10_000)]", ""),
    (CHAT, "kept.append(asyncio.create_task(ignore_cancelling()))", "swallowed its cancellation"),
    (CHAT, "[task.cancel() for task in asyncio.all_tasks()]", "cancelled every task of the loop"),
    (SUM, "[task.cancel() for task in asyncio.all_tasks()]", "cancelled every task of the loop"),
    (SUM, "return 'three'", "It did not."),
    (CHAT, "asyncio.create_task(websocket.nothing())", "AttributeError"),
    (CHAT, "asyncio.get_running_loop().call_soon(int, 'x')", "ValueError"),
    (CHAT, "asyncio.get_running_loop().call_soon(sys.exit)", "which would end the kernel"),
    (SUM, "add(numbers)", "RecursionError"),
    (SUM, "raise type('Odd', (BaseException,), {})('no Exception')", "Odd: no Exception"),
]


@pytest.mark.parametrize(
    ("made", "line", "said"), HOSTILE, ids=[f"{row[1]:.40}" for row in HOSTILE]
)
async def test_a_hostile_answer(
    lab: ModuleType, made: Exercise, line: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It gets a clear message within 10 s; the learner's own chat goes on, and nothing is left."""
    alice = await lab.connect(await lab.serve("websocket"), "alice")
    bob = await lab.connect(alice.link, "bob")
    answer, names = answer_of((HANDLER if made is CHAT else FUNCTION).replace("LINE", line))
    started = time.monotonic()
    try:
        outcome = await check_answer(made, answer)
        assert time.monotonic() - started < 10
        text = repr(outcome)
        assert (
            outcome.state == ("not yet" if said else "done") and said in text and "0x" not in text
        )
        if "all_tasks" not in line:
            await alice.say("still here")
            await bob.hears("still here")
        assert lab.errors() == []
        assert (list(bench.current().clients), bench.current().foreign_ports()) == (
            ["alice", "bob"],
            [],
        )
    finally:
        names["Enough"].now = True
    if "ignore_cancelling" in line:
        with pytest.raises(Unfinished, match=r"a task of the check of made\.up does not end"):
            await lab.finish()
        await soon(lambda: "ignore_cancelling" not in repr(asyncio.all_tasks()))
    if "all_tasks" not in line:
        await lab.finish()


async def test_a_leak_shows_when_everybody_leaves(lab: ModuleType) -> None:
    """An error in `finally` is found, though all messages arrived."""
    answer, _ = answer_of(
        HANDLER.replace("LINE", "pass").replace("discard(websocket)", "remove(message)")
    )
    outcome = await check_answer(CHAT, answer)
    assert outcome.state == "not yet" and "also when everybody leaves" in outcome.expected
    assert "handler of 'chat'" in outcome.happened


async def test_errors_stand_beside_what_a_judge_found(lab: ModuleType) -> None:
    """They may be the reason: the first two are told, beside the case."""
    answer, _ = answer_of(HANDLER.replace("LINE", "raise KeyError('alice')"))
    outcome = await check_answer(CHAT, answer)
    assert (outcome.happened, outcome.case) == ("he did not", "alice says 'hello'")
    assert outcome.background.count("KeyError: 'alice' (") == 2


async def test_an_error_that_a_judge_told_is_not_told_twice(lab: ModuleType) -> None:
    """What happened in the background is what the judge did not say already."""

    async def judge(answer: Any, child: Bench) -> Outcome | None:
        told = await CHAT.judge(answer, child)
        assert told is not None
        return replace(told, happened="KeyError: 'alice'")

    answer, _ = answer_of(HANDLER.replace("LINE", "raise KeyError('alice')"))
    outcome = await check_answer(replace(CHAT, judge=judge), answer)
    assert outcome.background == ""


async def test_an_answer_that_raises_is_told_with_what_was_tried(lab: ModuleType) -> None:
    """The card says what was wanted, the case, and, beside them, the learner's line."""

    async def judge(answer: Any, child: Bench) -> Outcome | None:
        tries("It returns 1.", ["handler(7)"])
        answer(7)
        return None

    answer, _ = answer_of(BEFORE + "def handler(websocket):\n    return 1 / 0")
    exercise = replace(CHAT, judge=judge, stub="def handler(websocket): ...")
    outcome = await check_answer(exercise, answer)
    assert (outcome.expected, outcome.case) == ("It returns 1.", "handler(7)")
    assert outcome.happened == "It raised ZeroDivisionError: division by zero"
    assert outcome.where.endswith("in handler")


async def test_the_learners_own_server_hears_nothing(lab: ModuleType) -> None:
    """Its connections are not in the check's copy, and the check's are not in the notebook's."""
    answer, names = answer_of(HANDLER.replace("LINE", "pass"))
    zoe = await lab.connect(await lab.serve(answer), "zoe")
    assert (await check_answer(CHAT, answer)).state == "done"
    assert len(names["people"]) == 1 and list(zoe.inbox) == []


async def test_a_judge_that_takes_too_long(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The outcome says where the answer was waiting."""
    monkeypatch.setattr(checking, "TEST_BUDGET", 1.0)

    async def judge(answer: Any, child: Bench) -> Outcome | None:
        tries("It returns.", ["handler('alice')"])
        await answer("alice")
        return None

    answer, _ = answer_of(BEFORE + "async def handler(websocket):\n    await enough.wait()")
    outcome = await check_answer(replace(CHAT, judge=judge), answer)
    assert outcome.happened.startswith("After 1 s it was not; it was waiting at")
    assert outcome.case == "handler('alice')"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("handler = 7", "7 is not a function: give `handler`."),
        ("class handler:\n    def go(self): return 1", "`handler` is a class"),
        ("handler = lambda websocket: 1", "`handler` returned 1"),
        ("def handler(websocket): return 1", "`handler` returned 1"),
        ("async def one(websocket): await relay(websocket)\nhandler = one(1)", "was called"),
        ("async def handler(websocket, path): await relay(websocket)", "takes (websocket, path)"),
        ("def handler(numbers): return sum(numbers)", "handler"),
    ],
)
async def test_an_answer_of_another_kind(lab: ModuleType, source: str, said: str) -> None:
    """It gets a sentence, as from `serve`; so does the answer to another exercise."""
    outcome = await check_answer(CHAT, answer_of(BEFORE + source)[0])
    text = repr(outcome)
    assert outcome.state == "not yet" and said in text


async def test_the_learner_interrupts_a_check(lab: ModuleType) -> None:
    """The cell is cancelled, and everything of the check is closed."""
    answer, _ = answer_of(BEFORE + "async def handler(websocket):\n    await enough.wait()")
    begun = asyncio.Event()

    async def judge(answer: Any, child: Bench) -> Outcome | None:
        begun.set()
        return await judge_chat(answer, child)

    cell = asyncio.create_task(check_answer(replace(CHAT, judge=judge), answer))
    await begun.wait()
    cell.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cell
    await lab.finish()


async def test_two_checks_at_once(lab: ModuleType) -> None:
    """Each is on a bench of its own."""
    answers = [answer_of(HANDLER.replace("LINE", "pass"))[0] for _ in range(3)]
    outcomes = await asyncio.gather(*[check_answer(CHAT, answer) for answer in answers])
    assert [outcome.state for outcome in outcomes] == ["done"] * 3
