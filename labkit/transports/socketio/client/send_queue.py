"""The queue of packets that a Socket.IO client sends."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from engineio import packet

from labkit.transports.settings import MAX_ANSWERS

_ACKNOWLEDGEMENTS = ("3", "6")
"""The first characters of Socket.IO packets that are acknowledgements."""


class SendQueue(asyncio.Queue[Any]):
    """A queue that hangs up on a server which requests answers and does not read them.

    The library's queue is unbounded, and a request for an answer is shorter than the answer. For
    one answer too many, which is not sent, it calls `hang_up`. (The source of `asyncio.Queue` names
    `_put` as a method to override; `_queue` is what it fills.)
    """

    _queue: deque[Any]

    def __init__(self, hang_up: Callable[[], None]) -> None:
        super().__init__()
        self._hang_up = hang_up
        self._answers = 0

    def _put(self, item: Any) -> None:
        if item is not None and _is_answer(item):
            self._answers = self._answers + 1 if self.qsize() else 1
            if self._answers > MAX_ANSWERS:
                self._hang_up()
                return
        self._queue.append(item)


def _is_answer(item: packet.Packet) -> bool:
    if item.packet_type != packet.MESSAGE:
        return bool(item.packet_type == packet.PONG)
    return isinstance(item.data, str) and item.data[:1] in _ACKNOWLEDGEMENTS
