"""The library's Engine.IO client, changed so that it disconnects in time and bounds its queue."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import aiohttp
import engineio
from engineio import packet

from labkit.clock import clock
from labkit.transports.settings import CLOSE_TIMEOUT, MAX_ANSWERS

_ACKNOWLEDGEMENTS = ("3", "6")
"""The first characters of Socket.IO packets that are acknowledgements."""


class WebSocket(aiohttp.ClientWebSocketResponse):
    """A WebSocket that reports 1005 for a close frame without a code; the library reports 1006."""

    async def close(self, **options: Any) -> bool:
        """Close, or answer a close frame; after one without a code the library awaits another."""
        if self._close_code == 0:
            self._close_code = 1005
        return await super().close(**options)


class EngineIOClient(engineio.AsyncClient):  # type: ignore[misc]
    """An Engine.IO client.

    Attributes
    ----------
    left
        Cleared while it disconnects, otherwise set.
    hang_up
        Ends the connection at once.
    is_settled
        Whether it has connected, and the upgrade of its transport was made, or failed.
    """

    hang_up: Callable[[], None]
    write_loop_task: asyncio.Task[None] | None

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.left = asyncio.Event()
        self.left.set()
        self.is_settled = False
        self._answers = 0

    async def connect(self, *arguments: Any, **options: Any) -> None:
        """Connect with a new queue: waiting for that of a broken connection would never end."""
        self.queue = self.create_queue()
        self.is_settled = False
        await super().connect(*arguments, **options)
        self.is_settled = True

    async def disconnect(self, abort: bool = False, reason: str | None = None) -> None:
        """Send the queued packets, then disconnect; `left` is set again afterwards."""
        if self.state != "connected" or abort:
            await super().disconnect(abort=abort, reason=reason)
            return
        self.left.clear()
        try:
            await self._leave(reason)
        finally:
            self.left.set()

    async def _leave(self, reason: str | None) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(clock.seconds(CLOSE_TIMEOUT)):
                await self.queue.join()
        writing = self.write_loop_task
        leaving = asyncio.ensure_future(super().disconnect(reason=reason))
        said = (
            {leaving}
            if writing is None or self.current_transport == "websocket"
            else {leaving, writing}
        )
        await asyncio.wait(
            said, timeout=clock.seconds(CLOSE_TIMEOUT), return_when=asyncio.FIRST_COMPLETED
        )
        if not leaving.done() and self.http is not None:
            await self.http.close()  # everything still awaited ends with its connections
        await leaving

    async def _read_loop_polling(self) -> None:
        """Poll until the session ends, even if a body cannot be read.

        The library's loop only handles a ValueError, but a body may also break off or be nested too
        deeply; the loop would then end and the session seem to go on.
        """
        try:
            await super()._read_loop_polling()
        except Exception:
            writing, self.write_loop_task = self.write_loop_task, None
            await self.queue.put(None)
            if writing is not None:
                await writing
            await super()._read_loop_polling()  # without a task that writes, it ends the session

    async def _send_packet(self, pkt: packet.Packet) -> None:
        """Queue a packet, and hang up on a server that requests answers and does not read them.

        The library's queue is unbounded, and a request for an answer is shorter than the answer.
        """
        if _is_answer(pkt):
            self._answers = self._answers + 1 if self.queue.qsize() else 1
            if self._answers > MAX_ANSWERS:
                self.hang_up()
                return
        await super()._send_packet(pkt)


def _is_answer(pkt: packet.Packet) -> bool:
    if pkt.packet_type != packet.MESSAGE:
        return bool(pkt.packet_type == packet.PONG)
    return isinstance(pkt.data, str) and pkt.data[:1] in _ACKNOWLEDGEMENTS
