"""A request that listens: answered at once, held for a while, or answered without end."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable

from aiohttp import web

from labkit.clock import clock
from labkit.transports.http.chat.cursor import Cursor
from labkit.transports.http.chat.server.history import History, Kept, Reading
from labkit.transports.slow_reader import SLOW_READER_TIMEOUT


class Listener:
    """A request for messages, how far it has read, and whether it should end.

    Parameters
    ----------
    request
        The request.
    history
        What it reads.
    client
        The id of its client, whose own messages are skipped.
    cursor
        Where it begins; None for a client that begins to listen now.
    private
        Messages for this client alone.
    hears_own
        Whether the client's own messages wake it too, which move its cursor.

    Attributes
    ----------
    reached
        The cursor behind what it has taken.
    is_over
        Whether it should end: a newer request has taken its place, or the client has left.
    refusal
        The error with which it should be answered then, if any.
    """

    def __init__(
        self,
        request: web.Request,
        history: History,
        client: str,
        cursor: Cursor | None,
        private: deque[str],
        *,
        hears_own: bool,
    ) -> None:
        self.request = request
        self.reached = cursor
        self.is_over = False
        self.refusal: web.HTTPException | None = None
        self._history = history
        self._client = client
        self._private = private
        self._hears_own = hears_own
        self._woken = asyncio.Event()
        self._writing: tuple[float, int] | None = None  # the last progress, and what waited then

    def wake(self) -> None:
        """Let it look for news."""
        self._woken.set()

    def on_kept(self, kept: Kept) -> None:
        """Wake it for a new message; for its client's own only if its cursor may get too old."""
        is_own = kept.sender == self._client
        if not is_own or self._hears_own or self._is_far_behind():
            self.wake()

    def _is_far_behind(self) -> bool:
        return self.reached is not None and self._history.is_far_behind(self.reached)

    def end(self, refusal: web.HTTPException | None = None) -> None:
        """Let it end."""
        self.is_over = True
        self.refusal = self.refusal or refusal
        self.wake()

    @property
    def has_news(self) -> bool:
        """Whether it need not wait."""
        reading = self._history.read(self.reached, self._client)
        return bool(
            self.is_over
            or self._private
            or self.reached is None
            or reading.messages
            or reading.lost != 0
        )

    async def wait(self, seconds: float) -> bool:
        """Wait until something is new or it should end; return False if nothing was in time."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return False
        self._woken.clear()
        return True

    def take(self) -> Reading:
        """Return what is new, and move the cursor behind it, before anything is awaited."""
        reading = self._history.read(self.reached, self._client)
        self.reached = reading.next
        return reading

    async def send(self, sending: Awaitable[None]) -> None:
        """Await what adds to an answer without end, also while the client does not read it."""
        self._writing = asyncio.get_running_loop().time(), 0
        try:
            await sending
        finally:
            self._writing = None

    def is_frozen(self) -> bool:
        """Return whether the client has not read anything for 5 s (scaled) that waits for it."""
        if self._writing is None:
            return False
        now, queued = asyncio.get_running_loop().time(), self.queued_bytes or 0
        since, before = self._writing
        if queued != before:
            self._writing = now, queued
            return False
        return now - since > clock.seconds(SLOW_READER_TIMEOUT)

    def take_private(self) -> list[str]:
        """Return the messages for this client alone, each as a member of a JSON object."""
        taken = list(self._private)
        self._private.clear()
        return taken

    @property
    def is_connected(self) -> bool:
        """Whether the connection over which it came still stands."""
        transport = self.request.transport
        return transport is not None and not transport.is_closing()

    @property
    def queued_bytes(self) -> int | None:
        """The bytes that wait for the client to read them, None if its connection has ended."""
        transport = self.request.transport
        return int(transport.get_write_buffer_size()) if transport and self.is_connected else None
