"""The pings of a heartbeat made of messages: who was asked, and who answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import Any

from labkit.clock import clock
from labkit.exercises.visitors import PATIENCE, try_to_say
from labkit.transports.contract import Client

INTERVAL = 0.04
"""Seconds (scaled) of silence before a ping."""

SLOWLY, SLOW = 2, 2 * INTERVAL
"""Which answer is given slowly, and how many seconds (scaled) it takes."""


@contextmanager
def answering(person: Client) -> Iterator[None]:
    """Let somebody answer each ping, one of them slowly, in the block."""
    task = asyncio.create_task(_answer_each(person))
    try:
        yield
    finally:
        task.cancel()


async def _answer_each(person: Client) -> None:
    for number in count(1):
        while not await person.changes.until(partial(is_asked, person, number), PATIENCE):
            pass
        if number == SLOWLY:
            await asyncio.sleep(clock.seconds(SLOW))
        await try_to_say(person, "pong")


def is_asked(person: Client, number: int) -> bool:
    """Return whether somebody was asked so many times."""
    return count_pings(person) >= number


def has_heard(person: Client, number: int) -> bool:
    """Return whether somebody has heard so many words, or will hear no more."""
    return len(find_words(person)) >= number or person.state == "closed"


def count_pings(person: Client) -> int:
    """Return how many times somebody was asked."""
    return sum(message == "ping" for message in person.inbox)


def find_words(person: Client) -> list[Any]:
    """Return what somebody heard besides the pings."""
    return [message for message in person.inbox if message != "ping"]
