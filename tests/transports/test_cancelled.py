"""Whether a handler was cancelled, or only what it awaited."""

from __future__ import annotations

import asyncio

from labkit.transports.cancelled import is_being_cancelled
from tests.conftest import turn_loop


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
