"""Something that is awaited until another task interrupts it."""

from __future__ import annotations

import asyncio

import pytest

from labkit.exceptions import ConnectError
from labkit.transports.contract.interruptible import Interruptible
from tests.conftest import turn_loop


async def test_an_interruption_is_told() -> None:
    """What is awaited is cancelled, and who awaits it gets the text; the next run is another."""
    cancelled = False

    async def wait() -> None:
        nonlocal cancelled
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled = True
            raise

    attempt = Interruptible("alice was closed")
    running = asyncio.create_task(attempt.run(wait()))
    await turn_loop(2)
    attempt.interrupt()
    with pytest.raises(ConnectError, match="alice was closed"):
        await running
    assert cancelled
    await attempt.run(turn_loop())


async def test_a_timeout_of_its_own_is_passed_on() -> None:
    """Only an interruption is told as one; interrupting nothing does nothing."""

    async def late() -> None:
        raise TimeoutError("too slow")

    attempt = Interruptible("alice was closed")
    attempt.interrupt()
    with pytest.raises(TimeoutError, match="too slow"):
        await attempt.run(late())
