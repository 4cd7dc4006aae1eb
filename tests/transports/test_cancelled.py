"""Cancelling tasks; and whether a handler was cancelled, or only what it awaited."""

from __future__ import annotations

import asyncio

from labkit.transports.cancelled import end_tasks, is_being_cancelled
from tests.conftest import turn_loop


async def test_tasks_are_ended() -> None:
    """All but the one that asks for it; one that does not end is not waited for."""

    async def linger() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.Event().wait()

    asking = asyncio.current_task()
    over = asyncio.get_running_loop().create_future()
    over.set_result(None)
    obedient = asyncio.create_task(asyncio.Event().wait())
    stubborn = asyncio.create_task(linger())
    await turn_loop()
    await end_tasks([asking, over, obedient, stubborn, None], within=0.01)
    assert obedient.cancelled() and not stubborn.done()
    assert asking is not None and not asking.cancelling()
    await end_tasks([stubborn], within=1)
    assert stubborn.cancelled()


async def test_who_is_cancelled_is_told_from_who_awaits_it() -> None:
    """Both get CancelledError, but only one of them was asked to end."""
    told: dict[str, bool] = {}

    async def wait_for(name: str, awaited: asyncio.Future[None]) -> None:
        try:
            await awaited
        except asyncio.CancelledError:
            told[name] = is_being_cancelled()
            raise

    loop = asyncio.get_running_loop()
    inner = asyncio.create_task(wait_for("inner", loop.create_future()))
    outer = asyncio.create_task(wait_for("outer", inner))
    await turn_loop()
    inner.cancel()
    await asyncio.gather(inner, outer, return_exceptions=True)
    assert told == {"inner": True, "outer": False}
    assert not is_being_cancelled()
