"""The queue of packets that wait for one connection."""

from __future__ import annotations

import asyncio

import pytest
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


async def test_who_takes_a_packet_gets_it_without_a_task() -> None:
    """What waits is there at once; of several takers the first gets the next, if it still waits."""
    queue = PacketQueue()
    tasks = asyncio.all_tasks()
    queue.put_nowait(Packet(MESSAGE, "waiting"))
    assert queue.get().result().data == "waiting"
    gone, first, second = queue.get(), queue.get(), queue.get()
    gone.cancel()
    for text in ("one", "two", "three"):
        await queue.put(Packet(MESSAGE, text))
    assert (first.result().data, second.result().data, queue.qsize()) == ("one", "two", 1)
    assert asyncio.all_tasks() == tasks


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
