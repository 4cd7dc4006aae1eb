"""The request that is being answered."""

from __future__ import annotations

import asyncio

from labkit.transports.socketio.server.served_requests import ServedRequest, serving


async def test_a_task_belongs_to_the_request_in_which_it_starts() -> None:
    """What it finds out about the request is known where the request is answered."""
    request = ServedRequest("alice", None, {})

    async def read() -> None:
        served = serving.get()
        assert served is not None
        served.is_unreadable = True

    async def answer() -> bool:
        serving.set(request)
        await asyncio.ensure_future(read())
        return request.is_unreadable

    assert await asyncio.ensure_future(answer())
    assert serving.get() is None
