"""The request that is being answered."""

from __future__ import annotations

import asyncio
import gc
import weakref
from contextvars import Context, copy_context
from types import ModuleType

from labkit.transports.socketio.server.current_request import CurrentRequest, current_request
from tests.conftest import turn_loop


async def test_a_task_belongs_to_the_request_in_which_it_starts() -> None:
    """What it finds out about the request is known where the request is answered."""
    request = CurrentRequest("alice", "", {})

    async def read() -> None:
        served = current_request.get()
        assert served is not None
        served.is_unreadable = True

    async def answer() -> bool:
        current_request.set(request)
        await asyncio.ensure_future(read())
        return request.is_unreadable

    assert await asyncio.ensure_future(answer())
    assert current_request.get() is None


async def test_a_context_keeps_no_session(lab: ModuleType) -> None:
    """Tasks that begin while a request is answered may outlast its server, which is let go."""
    server = await lab.serve("socketio")
    kept: list[Context] = []
    server.changes.subscribe(lambda: kept.append(copy_context()))
    alice = await lab.connect(server, "alice", reconnection=False)
    gone = weakref.ref(server.connections[0])
    assert any(context.get(current_request) for context in kept)
    await alice.close()
    del alice, server
    await lab.fresh()
    await turn_loop()
    gc.collect()
    assert gone() is None
