"""Who of a herd is there, and who was turned away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

from labkit import bench
from labkit.exercises.coming_back.herd_trial import HerdTrial, has_ended

CODES = {"alice": None, "bob": 1013, "carol": 1000}
"""With which code the server below turns away whom; None for nobody."""


class Entrance:
    """A server that turns away the second client with 1013, and the third with 1000."""

    def __init__(self, load: Callable[[], Awaitable[str]]) -> None:
        self.codes = iter(CODES.values())

    async def handler(self, websocket: Any) -> None:
        """Close a connection, or keep it."""
        code = next(self.codes)
        if code is not None:
            await websocket.close(code)
        await websocket.wait_closed()


async def test_who_is_there_and_who_is_not(lab: ModuleType) -> None:
    """Whoever is still there, and whoever was closed with another code, is named."""
    async with bench.current().child() as child:
        trial = HerdTrial(child, Entrance, tuple(CODES))
        await trial.begin()
        assert await trial.turned_away("bob") == await trial.stayed("alice") == ""
        assert await trial.turned_away("bob", "alice") == "alice is still connected."
        told = await trial.turned_away("carol")
        assert told.startswith("The server closed carol's connection: 1000")
        assert await trial.stayed("alice", "carol") == told
        assert await has_ended(trial.people["bob"])
        assert not await has_ended(trial.people["alice"])
        outcome = trial.wrong("Carol waits.", told)
        assert outcome.case == "alice, bob, carol connect, in this order"
        assert "1013" in repr(outcome.picture)
