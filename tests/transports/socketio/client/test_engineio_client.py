"""The library's EngineIOClient.IO client, which leaves and never hoards."""

from __future__ import annotations

from types import ModuleType

import pytest
from engineio.packet import MESSAGE, PING, Packet

from labkit.transports.settings import MAX_ANSWERS
from labkit.transports.socketio.client.engineio_client import EngineIOClient
from tests.support.hostile import OPEN, Peer, hostile


async def stuck() -> tuple[EngineIOClient, list[str]]:
    """Return a client whose server takes nothing, and what it does."""
    engine, done = EngineIOClient(handle_sigint=False), []
    engine.state = "connected"
    engine.queue = engine.create_queue()
    engine.hang_up = lambda: done.append("hung up")
    return engine, done


@pytest.mark.parametrize("asked", ["2", '431["an acknowledgement"]'])
async def test_answers_that_nobody_takes(asked: str) -> None:
    """The client hangs up before they fill its memory, and what it says itself does not count."""
    engine, done = await stuck()
    for _ in range(2 * MAX_ANSWERS):
        await engine.send('2["chat message","a burst"]')
    for _ in range(MAX_ANSWERS):
        if asked == "2":
            await engine._receive_packet(Packet(PING))
        else:
            await engine._send_packet(Packet(MESSAGE, asked[1:]))
    assert not done
    await engine._send_packet(Packet(MESSAGE, '31["one more"]'))
    assert done == ["hung up"]
    assert engine.queue.qsize() == 3 * MAX_ANSWERS


async def test_answers_that_are_taken() -> None:
    """However many there are, an empty queue says that all have been taken."""
    engine, done = await stuck()
    for _ in range(3 * MAX_ANSWERS):
        await engine._receive_packet(Packet(PING))
        if engine.queue.qsize() > 100:
            while not engine.queue.empty():
                engine.queue.get_nowait()
    assert not done


@pytest.mark.parametrize("broken", [b"2" + b"[" * 100_000, b"\xff", b"4" + b"x" * 10])
async def test_a_poll_that_cannot_be_read(lab: ModuleType, broken: bytes) -> None:
    """It ends the session, of which the client knows at once, whatever the library expects."""

    async def says(peer: Peer) -> None:
        for body in (OPEN.encode(), b'40{"sid":"a"}'):
            while (await peer.request()).startswith("POST"):
                await peer.answer(b"ok")
            await peer.answer(body)
        while (await peer.request()).startswith("POST"):
            await peer.answer(b"ok")
        short = len(broken) + (1 if broken.endswith(b"x") else 0)
        await peer.send(f"HTTP/1.1 200 OK\r\nContent-Length: {short}\r\n\r\n".encode(), broken)

    async with hostile(says) as (port, _):
        alice = await lab.connect(
            f"http://127.0.0.1:{port}", "alice", transports="polling", reconnection=False
        )
        assert await alice.ends(within=10) == "transport error"


@pytest.mark.parametrize("transports", [["polling"], ["websocket"], None])
async def test_it_is_settled_when_its_transport_is(
    lab: ModuleType, transports: list[str] | None
) -> None:
    """An attempt that fails leaves it unsettled."""
    alice = await lab.connect(await lab.serve("socketio"), "alice", transports=transports)
    assert alice.raw.eio.is_settled
    await alice.close()
    alice.link.cut()
    with pytest.raises(lab.LabError):
        await alice.open()
    assert not alice.raw.eio.is_settled
