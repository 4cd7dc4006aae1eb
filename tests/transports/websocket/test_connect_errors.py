"""Why a raw client could not connect; `test_client.py` has what answers elsewhere."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from websockets.asyncio.server import serve

from labkit import bench
from labkit.exceptions import LoopBlocked


async def listen(websocket: Any) -> None:
    """Listen to nobody in particular."""
    await websocket.wait_closed()


@pytest.mark.parametrize("status", [401, 403, 404, 503])
async def test_a_refusal_is_passed_on_and_nobody_asks_again(lab: ModuleType, status: int) -> None:
    """Status and words of `process_request` reach the client, and it sees one request, its own."""
    seen: list[str] = []

    def process_request(connection: Any, request: Any) -> Any:
        seen.append(request.path)
        return connection.respond(status, "no token, no chat\n")

    server = await lab.serve(listen, process_request=process_request)
    told = rf"the server there answers HTTP {status} .*It says: 'no token, no chat'\."
    with pytest.raises(lab.LabError, match=told):
        await lab.connect(server, "alice")
    assert seen == ["/"]
    async with serve(listen, "127.0.0.1", 0, process_request=process_request) as elsewhere:
        port = next(iter(elsewhere.sockets)).getsockname()[1]
        with pytest.raises(lab.LabError, match=told):
            await lab.connect(f"ws://127.0.0.1:{port}/elsewhere", "bob")
    assert seen == ["/", "/elsewhere"]


async def test_a_missing_subprotocol(lab: ModuleType) -> None:
    """The bench's own server speaks WebSocket: what it asks for is told, and how to offer it."""
    server = await lab.serve(listen, subprotocols=["chat"])
    with pytest.raises(lab.LabError) as caught:
        await lab.connect(server, "alice")
    told = str(caught.value)
    assert "HTTP 400 Bad Request" in told and "missing subprotocol" in told
    assert "`subprotocols=[...]`" in told and "does not speak" not in told
    alice = await lab.connect(server, "alice", subprotocols=["chat"])
    assert alice.state == "open"


async def test_a_server_of_the_bench_that_does_not_answer(lab: ModuleType) -> None:
    """It is not said to be silent, or something else, and its own log blames no request."""

    async def never(connection: Any, request: Any) -> None:
        await connection.wait_closed()

    server = await lab.serve(listen, process_request=never)
    told = "a WebSocket server answers there, but the handshake did not succeed: timed out"
    with pytest.raises(lab.LabError, match=told):
        await lab.connect(server, "alice", open_timeout=0.3)
    await lab.fresh()
    server = await lab.serve(listen, process_request=never, open_timeout=0.3)
    with pytest.raises(lab.LabError, match="the handshake did not succeed"):
        await lab.connect(server, "alice")
    assert server.log_entries[-1].text.startswith("it was not answered in time: `process_request`")


async def test_a_failure_that_kept_it_from_answering(lab: ModuleType) -> None:
    """What failed in the background meanwhile, such as a handler that blocked, is pointed at."""

    async def never(connection: Any, request: Any) -> None:
        bench.current().monitor.background_errors.add(
            LoopBlocked("a handler blocks"), "handler of 'chat'"
        )
        await connection.wait_closed()

    server = await lab.serve(listen, process_request=never)
    told = r"background: LoopBlocked: a handler blocks \(handler of 'chat'\); see `lab.errors\(\)`"
    with pytest.raises(lab.LabError, match=told):
        await lab.connect(server, "alice", open_timeout=0.3)
    assert len(lab.errors()) == 1
