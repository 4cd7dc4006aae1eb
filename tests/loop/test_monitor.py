"""All that watches one event loop."""

from __future__ import annotations

import asyncio

import pytest

from labkit.loop.monitor import LoopMonitor
from tests.conftest import soon


@pytest.mark.usefixtures("lab")
async def test_a_loop_is_watched_and_left_as_it_was() -> None:
    """Failed tasks, running ones and new listeners are seen until `reset`; `stop` undoes it all."""
    loop = asyncio.get_running_loop()
    factory, handler = loop.get_task_factory(), loop.get_exception_handler()
    monitor, sweeps, seen = LoopMonitor(loop), list[int](), list[str]()
    monitor.changes.subscribe(lambda: seen.append("changed"))
    monitor.start(lambda: sweeps.append(1))
    try:
        await monitor.reset()

        async def fail() -> None:
            raise ValueError("lost")

        held = asyncio.create_task(fail())
        running = asyncio.create_task(asyncio.Event().wait())
        listener = await asyncio.start_server(lambda *streams: None, "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        await monitor.settle()
        assert "ValueError: lost" in str(monitor.background_errors.pending_errors())
        assert running in monitor.learner_tasks.running() and held.done() and seen
        assert monitor.new_ports() == {port}
        await soon(lambda: bool(sweeps))
        await monitor.reset()
        assert running.cancelled() and monitor.background_errors.pending_errors() == []
        assert monitor.new_ports() == set()
        listener.close()
        await listener.wait_closed()
    finally:
        monitor.stop()
    assert loop.get_task_factory() is factory and loop.get_exception_handler() == handler
