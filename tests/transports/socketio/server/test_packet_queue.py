"""The queue of packets that wait for one connection."""

from __future__ import annotations

import asyncio
from typing import Any

import engineio
import pytest
from engineio.async_socket import AsyncSocket
from engineio.exceptions import QueueEmpty
from engineio.packet import MESSAGE, Packet

from labkit.transports.socketio.server.packet_queue import PacketQueue


async def test_what_waits_is_counted() -> None:
    """Texts and bytes count with their length, what is no packet counts nothing."""
    queue = PacketQueue()
    for item in (Packet(MESSAGE, "abc"), Packet(MESSAGE, b"12"), None):
        queue.put_nowait(item)
    assert queue.waiting == 5
    while not queue.empty():
        queue.get_nowait()
    assert queue.waiting == 0
    assert isinstance(queue, asyncio.Queue)


def turn(steps: str, poll: asyncio.Future[Any], queue: PacketQueue, packet: Packet) -> None:
    """Do what the letters say in one turn of the loop: put the packet, or cancel the poll."""
    for step in steps:
        if step == "p":
            queue.put_nowait(packet)
        else:
            poll.cancel()


@pytest.mark.parametrize("steps", ["p c", "pc", "cp", "c p", "p  c", " pc", " cp", "p", "  p c"])
async def test_no_packet_is_lost_when_a_poll_ends_at_that_moment(steps: str) -> None:
    """The library's poll either returns the packet, or leaves it for the next one."""
    eio = engineio.AsyncServer(async_mode="aiohttp")
    eio.create_queue = PacketQueue
    socket = AsyncSocket(eio, "a session")
    packet = Packet(MESSAGE, "hello")
    poll = asyncio.ensure_future(socket.poll())
    await asyncio.sleep(0)  # sleeps: one turn of the loop
    for same_turn in steps.split(" "):
        turn(same_turn, poll, socket.queue, packet)
        await asyncio.sleep(0)  # sleeps: one turn of the loop
    (got,) = await asyncio.gather(poll, return_exceptions=True)
    if isinstance(got, BaseException):
        assert isinstance(got, (QueueEmpty, asyncio.CancelledError))
        got = await socket.poll()
    assert got == [packet]


async def test_no_packet_is_lost_when_the_time_of_a_poll_is_over() -> None:
    """Also not if it comes in the turn in which the time ends, before or after that."""
    loop = asyncio.get_running_loop()
    for late in (-0.0005, 0.0, 0.0005):
        queue = PacketQueue()
        waiting = asyncio.ensure_future(asyncio.wait_for(queue.get(), 0.002))
        await asyncio.sleep(0)  # sleeps: one turn of the loop
        over = loop.time() + 0.002
        loop.call_at(over + late, queue.put_nowait, Packet(MESSAGE, "hello"))
        while loop.time() < over + 0.001:
            pass  # so that both are due in the same turn
        (got,) = await asyncio.gather(waiting, return_exceptions=True)
        await asyncio.sleep(0)  # sleeps: one turn of the loop
        assert isinstance(got, Packet) or queue.qsize() == 1


async def test_a_packet_is_taken_without_a_task() -> None:
    """What waits is there at once; of several takers the first gets the next, if it still waits."""
    queue = PacketQueue()
    queue.put_nowait(Packet(MESSAGE, "waiting"))
    assert (await queue.get()).data == "waiting"
    made = []
    loop = asyncio.get_running_loop()
    takers = [asyncio.ensure_future(asyncio.wait_for(queue.get(), 1)) for _ in range(3)]
    loop.set_task_factory(lambda loop, coro, **options: made.append(coro))  # type: ignore[arg-type]
    await asyncio.sleep(0)  # sleeps: one turn of the loop
    loop.set_task_factory(None)
    takers[0].cancel()
    await asyncio.sleep(0)  # sleeps: one turn of the loop
    for text in ("one", "two", "three"):
        await queue.put(Packet(MESSAGE, text))
    assert [(await taker).data for taker in takers[1:]] == ["one", "two"]
    assert (queue.qsize(), made) == (1, [])


async def test_what_nobody_takes_in_time_stays() -> None:
    """A taker whose time is over takes nothing, and everything taken can be waited for."""
    queue = PacketQueue()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(queue.get(), 0.01)
    queue.put_nowait(Packet(MESSAGE, "late"))
    assert (await asyncio.wait_for(queue.get(), 1)).data == "late"
    queue.task_done()
    await asyncio.Queue.join(queue)


async def test_a_packet_for_several_guests_is_encoded_for_each() -> None:
    """Bytes stay bytes for a WebSocket, also after a polling body has taken them as base64."""
    shared = Packet(MESSAGE, b"\x00\xff")
    polling, websocket = PacketQueue(), PacketQueue()
    for queue in (polling, websocket):
        queue.put_nowait(shared)
    assert polling.get_nowait().encode(b64=True) == "bAP8="
    assert websocket.get_nowait().encode() == b"\x00\xff"
