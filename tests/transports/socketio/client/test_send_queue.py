"""The queue of packets that a client sends, which never hoards answers."""

from __future__ import annotations

import pytest
from engineio.packet import MESSAGE, PONG, Packet

from labkit.transports.settings import MAX_ANSWERS
from labkit.transports.socketio.client.send_queue import SendQueue


@pytest.fixture
def hung_up() -> list[str]:
    """Give a list that tells of each hanging up."""
    return []


@pytest.fixture
def queue(hung_up: list[str]) -> SendQueue:
    """Give the queue of a client whose server may take nothing."""
    return SendQueue(lambda: hung_up.append("hung up"))


ANSWERS = [Packet(PONG), Packet(MESSAGE, '31["an acknowledgement"]')]


@pytest.mark.parametrize("answer", ANSWERS, ids=["pong", "acknowledgement"])
async def test_answers_that_nobody_takes(
    queue: SendQueue, hung_up: list[str], answer: Packet
) -> None:
    """The client hangs up before they fill its memory, and what it says itself does not count."""
    for _ in range(2 * MAX_ANSWERS):
        await queue.put(Packet(MESSAGE, '2["chat message","a burst"]'))
    for _ in range(MAX_ANSWERS):
        await queue.put(answer)
    assert not hung_up
    await queue.put(ANSWERS[1])
    assert hung_up == ["hung up"]
    assert queue.qsize() == 3 * MAX_ANSWERS


async def test_answers_that_are_taken(queue: SendQueue, hung_up: list[str]) -> None:
    """However many there are, an empty queue says that all have been taken."""
    for _ in range(3 * MAX_ANSWERS):
        await queue.put(Packet(PONG))
        if queue.qsize() > 100:
            while not queue.empty():
                queue.get_nowait()
    assert not hung_up


async def test_the_end_of_a_connection_is_no_answer(queue: SendQueue) -> None:
    """The library puts None behind the last packet."""
    await queue.put(None)
    assert queue.get_nowait() is None
