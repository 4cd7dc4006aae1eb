"""A client's events are handled one after the other, and no client waits for another one."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from labkit.bench.bench import Bench
from labkit.bench.starting import open_client, start_server
from labkit.clock import clock
from labkit.exercises.exercise import Exercise, Mistake
from labkit.exercises.outcome import Outcome, not_yet
from labkit.exercises.tried import tries
from labkit.exercises.visitors import PATIENCE
from labkit.observable import Observable

EVENT = "look up"

CASE = """\
mia emits 'slow', and its handler waits
mia emits 'second'
ben emits 'other'
the handler of 'slow' goes on"""


class _Lookup:
    """A handler whose first event takes until a gate opens; `steps` tells what it did."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.steps: list[str] = []
        self.changes = Observable()

    async def handler(self, sid: str, text: str) -> str:
        self._note(f"{text} begins")
        if text == "slow":
            await self.gate.wait()
        if text == "bad":
            raise ValueError("nothing of that name")
        self._note(f"{text} ends")
        return f"{text} was found"

    def _note(self, step: str) -> None:
        self.steps.append(step)
        self.changes.notify()

    async def until(self, step: str) -> bool:
        return await self.changes.until(lambda: step in self.steps, PATIENCE)


async def _judge(answer: Any, child: Bench) -> Outcome | None:
    lookup = _Lookup()
    server: Any = await start_server(child, "socketio")
    tries(expected := "`in_order` returns a handler.", ["in_order(handler)"])
    handler = answer(lookup.handler)
    if not callable(handler):
        return not_yet(expected, f"It returned {handler!r:.80}.")
    tries("", CASE.splitlines())
    server.raw.on(EVENT, handler)
    mia, ben = [
        await open_client(child, server, name, transports=["websocket"]) for name in ("mia", "ben")
    ]
    slow = _call(mia, "slow")
    await lookup.until("slow begins")
    second, other = _call(mia, "second"), _call(ben, "other")
    for_ben = await lookup.until("other ends")
    if "second begins" in lookup.steps:
        return not_yet(
            "The handler of 'slow' ends before the one of 'second' begins.",
            "The handler of 'second' began while 'slow' was still being handled.",
            CASE,
        )
    if not for_ben:
        return not_yet(
            "Ben's event is handled at once.", "It waited for mia's, which is not his.", CASE
        )
    lookup.gate.set()
    for text, call in {"slow": slow, "second": second, "other": other}.items():
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(call), clock.seconds(PATIENCE))
        got = call.result() if call.done() else "nothing"
        if got != f"{text} was found":
            return not_yet(
                f"{text!r} is acknowledged with what its handler returns, '{text} was found'.",
                f"It was acknowledged with {got!r:.80}.",
                CASE,
            )
    return await _judge_failure(child, lookup, mia)


async def _judge_failure(child: Bench, lookup: _Lookup, mia: Any) -> Outcome | None:
    """A handler that fails must not block what its client emits later."""
    bad = _call(mia, "bad")
    await lookup.until("bad begins")
    following = _call(mia, "next")
    await asyncio.wait([following], timeout=clock.seconds(PATIENCE))
    goes_on = following.done()
    for call in (bad, following):
        call.cancel()
    child.take_errors()  # the one that the handler raised
    if goes_on:
        return None
    return not_yet(
        "After a handler that failed, mia's next event is handled.",
        "It waits for ever.",
        "mia emits 'bad', and its handler raises ValueError\nmia emits 'next'",
    )


def _call(client: Any, text: str) -> asyncio.Future[Any]:
    call: Coroutine[Any, Any, Any] = client.call(EVENT, text)
    return asyncio.ensure_future(call)


STUB = """
import asyncio


def in_order(handler):
    async def ordered(sid, text): ...

    return ordered
"""


def _with_body(before: str, body: str) -> str:
    return STUB.replace("    async def", f"{before}    async def").replace(" ...\n", f"\n{body}")


SOLUTION = _with_body(
    "    locks = {}\n\n",
    """\
        async with locks.setdefault(sid, asyncio.Lock()):
            return await handler(sid, text)
""",
)

AT_ONCE = _with_body(
    "",
    """\
        return await handler(sid, text)
""",
)

ONE_LOCK = _with_body(
    "    lock = asyncio.Lock()\n\n",
    """\
        async with lock:
            return await handler(sid, text)
""",
)

WITHOUT_ANSWER = _with_body(
    "    locks = {}\n\n",
    """\
        async with locks.setdefault(sid, asyncio.Lock()):
            await handler(sid, text)
""",
)

NEVER_RELEASED = _with_body(
    "    locks = {}\n\n",
    """\
        lock = locks.setdefault(sid, asyncio.Lock())
        await lock.acquire()
        result = await handler(sid, text)
        lock.release()
        return result
""",
)

EXERCISE = Exercise(
    id="lost_messages.handles_in_order",
    title="handlers in order",
    task=(
        "Complete `in_order`. It takes a handler and returns one that does and returns the same, "
        "but never for two events of *one* client at the same time: the next one waits until the "
        "previous one is done. Clients do not wait for each other. The check puts your handler on "
        "a server whose handlers overlap, as they do by default."
    ),
    stub=STUB,
    hints=(
        "An `asyncio.Lock` lets one in at a time, and the others in the order in which they came: "
        "`async with lock:`.",
        "One lock would make everybody wait for everybody. A dictionary beside `ordered` can have "
        "one for each `sid`; `setdefault` makes one when it is needed.",
        "What the handler returns is the acknowledgement, so `ordered` returns it, too.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(AT_ONCE, "began while 'slow' was still being handled"),
        Mistake(ONE_LOCK, "It waited for mia's"),
        Mistake(WITHOUT_ANSWER, "acknowledged with None"),
        Mistake(NEVER_RELEASED, "It waits for ever"),
    ),
    judge=_judge,
    next=(
        "The dictionary has a lock for everybody who has ever connected. Which Socket.IO event "
        "shows when one may be thrown away?"
    ),
)
