"""Where a feature is tested."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.clock import clock
from labkit.measure.features.stage import PROBE, Broken, Heard, open_stage


class FailingClient:
    """A client that says nothing, whatever it is told."""

    async def connect(self, url: str) -> None: ...

    async def say(self, text: str) -> None: ...

    async def close(self) -> None: ...


async def fail(websocket: object) -> None:
    raise ValueError("no")


def make_module(handler: object) -> ModuleType:
    module = ModuleType("a feature")
    module.handler, module.Client = handler, FailingClient  # type: ignore[attr-defined]
    return module


async def test_what_was_heard_is_expected_in_order() -> None:
    """Several arguments are one item, and probes are none."""
    heard = Heard()
    for arguments in (("one",), (PROBE,), ("red", PROBE), ("red", "two")):
        heard(*arguments)
    await heard.expect("one", ("red", "two"))


async def test_what_nobody_said_is_not_waited_for() -> None:
    """Something else than was expected ends the wait at once."""
    heard = Heard()
    heard("two")
    with pytest.raises(Broken, match=r"should have got \['one'\], and got \['two'\]"):
        await heard.expect("one")


async def test_who_hears_nothing_is_reported(lab: ModuleType) -> None:
    """A feature whose probes do not arrive is broken, within a bounded time."""
    clock.set(0.02)
    async with open_stage(make_module(fail)) as stage:
        client = await stage.connect()
        with pytest.raises(Broken, match="a client hears nothing"):
            await stage.reach(client.say, Heard())


async def test_a_failure_in_the_background_is_reported(lab: ModuleType) -> None:
    """A handler that fails makes the feature broken, whatever its clients heard."""
    from websockets.asyncio.client import connect

    with pytest.raises(Broken, match=r"something failed in the background: .*no"):
        async with open_stage(make_module(fail)) as stage:
            link = await stage.link()
            async with connect(link.url, proxy=None) as websocket:
                await websocket.wait_closed()
