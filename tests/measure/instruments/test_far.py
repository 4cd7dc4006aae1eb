"""The long way to a server."""

from __future__ import annotations

import asyncio
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from labkit.measure.instruments.far import ROUND_TRIP, open_far_links


@pytest.mark.parametrize("timescale", [0.1, 1])
async def test_a_round_trip_takes_50_ms(lab: ModuleType, timescale: float) -> None:
    """Real ones, whatever the time scale is; and nothing listens there afterwards."""
    await lab.fresh(timescale=timescale)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while received := await reader.read(100):
            writer.write(received)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    pair: Any = SimpleNamespace(name="websocket", server=SimpleNamespace(port=port))
    loop = asyncio.get_running_loop()
    async with server, open_far_links([pair]) as ports:
        reader, writer = await asyncio.open_connection("127.0.0.1", ports["websocket"])
        took = []
        for _ in range(3):
            began = loop.time()
            writer.write(b"hello")
            assert await reader.read(100) == b"hello"
            took.append(loop.time() - began)
        assert ROUND_TRIP <= min(took) < 10 * ROUND_TRIP
        writer.close()
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", ports["websocket"])
