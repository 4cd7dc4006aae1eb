"""How a learner's own client code dials through a link."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from labkit.transports.websocket.learner_dialling import LearnerDial, Reported


async def hangs_up(websocket: Any) -> None:
    """End the connection when asked to."""
    async for message in websocket:
        await websocket.close(int(message))


async def test_each_connection_is_reported(lab: ModuleType) -> None:
    """When it is dialled, open and over, and whether its own side ended it."""
    link = await lab.link(await lab.serve(hangs_up))
    log: list[str] = []

    def connect(**options: Any) -> LearnerDial:
        return LearnerDial(
            link,
            lambda: log.append("dials"),
            lambda connection: log.append("open"),
            lambda connection: log.append(f"over, left: {connection.has_left}"),
            options,
        )

    async with connect() as websocket:
        assert isinstance(websocket, Reported)
        with pytest.raises(AttributeError, match="'ClientConnection' object has no attribute"):
            websocket.sned  # noqa: B018
    assert log == ["dials", "open", "over, left: True"]
    log.clear()
    async with connect(max_size=10) as websocket:
        await websocket.send("1011")
        await websocket.wait_closed()
    assert log == ["dials", "open", "over, left: False"]
    log.clear()
    link.cut()
    with pytest.raises(Exception, match="did not receive a valid HTTP response"):
        await connect()
    assert log == ["dials"]


async def test_it_comes_back_within_milliseconds(lab: ModuleType) -> None:
    """The library's loop goes on trying while the link is cut."""
    link = await lab.link(await lab.serve(hangs_up))
    attempts: list[None] = []

    def on_attempt() -> None:
        attempts.append(None)
        if len(attempts) == 4:
            link.restore()

    def ignore(connection: Reported) -> None: ...

    link.cut()
    async for websocket in LearnerDial(link, on_attempt, ignore, ignore, {}):
        await websocket.close()
        break
    assert len(attempts) >= 4
