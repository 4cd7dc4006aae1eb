"""What belongs to a run on a child bench."""

from __future__ import annotations

import asyncio
import logging
from types import ModuleType

import pytest

from labkit import bench
from labkit.bench.starting import open_client, start_server
from labkit.exceptions import Unfinished
from labkit.loop.background_errors import pending_errors
from labkit.loop.scope import current_scope
from tests.conftest import turn_loop

seen: list[object] = []


async def note_scope(websocket) -> None:  # type: ignore[no-untyped-def]
    """Note the scope of the handler and of a task of its own, for each message."""

    async def note() -> None:
        seen.append(current_scope.get())

    async for message in websocket:
        seen.append(current_scope.get())
        await asyncio.create_task(note())
        await websocket.send(message)


async def test_it_reaches_what_is_made_in_it_and_nothing_else(lab: ModuleType) -> None:
    """Handlers and their tasks are in it, but not a server from before, even if called from it."""
    seen.clear()
    before = await lab.serve(note_scope, name="before")
    async with bench.current().child() as child:
        inside = await start_server(child, note_scope, "inside")
        for server in (inside, before):
            client = await open_client(child, server)
            await client.say("hello")
            await client.hears("hello")
        assert seen == [child.monitor, child.monitor, None, None]
    assert current_scope.get() is None


async def fail(why: str) -> None:
    """Fail at once."""
    raise ValueError(why)


async def test_errors_are_those_of_the_scope(lab: ModuleType) -> None:
    """Those of tasks held or forgotten, of callbacks and of libraries' logs; others are not."""
    held = [asyncio.create_task(fail("outside"))]
    async with bench.current().child() as child:
        held.append(asyncio.create_task(fail("a task")))
        asyncio.create_task(fail("a forgotten task"))  # noqa: RUF006
        asyncio.get_running_loop().call_soon(int, "a builtin")
        asyncio.get_running_loop().call_soon(lambda: int("a callback"))
        logging.getLogger("websockets").error("a library")
        await turn_loop(3)
        await child.monitor.settle()
        assert len(pending_errors()) == 5
        found = " ".join(error.what for error in child.take_errors())
        for what in ("a task", "a forgotten task", "a builtin", "a callback", "a library"):
            assert what in found
    (error,) = lab.errors()
    assert error.what == "ValueError: outside"
    del held


async def test_its_tasks_end_with_it(lab: ModuleType) -> None:
    """They are cancelled with the child bench, and those from before are not."""
    before = asyncio.create_task(asyncio.Event().wait())
    async with bench.current().child():
        inside = asyncio.create_task(asyncio.Event().wait())
        await turn_loop()
    assert inside.cancelled() and not before.done()
    before.cancel()


async def test_one_that_does_not_end_is_named_once(lab: ModuleType) -> None:
    """`finish` says what it belongs to and where it stands, a second time it says nothing."""
    enough = asyncio.Event()

    async def stubborn() -> None:
        while not enough.is_set():
            try:
                await enough.wait()
            except asyncio.CancelledError:
                continue

    async with bench.current().child("the check of `a.b`"):
        task = asyncio.create_task(stubborn())
        await turn_loop()
    try:
        with pytest.raises(Unfinished) as caught:
            await lab.finish()
        said = "- a task of the check of `a.b` does not end, though it was cancelled: "
        assert said + "`await enough.wait()`" in str(caught.value)
        await lab.finish()
    finally:
        enough.set()
        await task
