"""A client of the finished chat over HTTP, without the way to listen: each transport adds its own.

There is no connection to lose here, only requests that fail. So it is *open* when its last request
was answered, *reconnecting* while one has failed and it asks again, and *closed* when it has left
or the server refuses it. Nothing is lost in between: it says how far it has read, and posts again
what was not answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from abc import abstractmethod

import aiohttp

from labkit.backoff import Backoff
from labkit.exceptions import ConnectError, Disconnected, LabError
from labkit.links import Link
from labkit.protocols.reasons import HttpReason
from labkit.transports import contract
from labkit.transports.attempts import Attempts
from labkit.transports.contract import Entry, Message
from labkit.transports.contract.not_heard import reconnect_hint
from labkit.transports.http.chat.client.client_requests import Requests
from labkit.transports.http.chat.client.connect_errors import connect_error
from labkit.transports.http.chat.client.conversation import Conversation
from labkit.transports.http.chat.client.failed_request import Failed
from labkit.transports.http.chat.client.posts import Posts
from labkit.transports.http.chat.client.way import Way
from labkit.transports.option_names import check_reconnect
from labkit.transports.sayable import check_sayable
from labkit.transports.settings import GIVE_UP

CONNECT_TIMEOUT = 3.0
"""Seconds (scaled) until the first answer; finding the cause of a failure adds 2."""

STABLE = 1.0
"""Seconds (scaled) after which a failure begins a new row of attempts: each answer is a success."""

BACKOFF = Backoff(0.25, factor=2, cap=2, jitter="equal")
"""The waits before it asks again."""


class ChatClient(contract.Client):
    """A client of the finished chat over HTTP.

    Parameters
    ----------
    name
        The client's name on the bench.
    link
        The link to dial.
    uri
        The ``http://`` address of the server behind the link, which the client sends as Host.
    reconnect
        Whether to ask again after a request has failed, until `close`; a Backoff says how long to
        wait before each attempt.

    Raises
    ------
    LabError
        If `reconnect` is something else.
    """

    def __init__(
        self, name: str, link: Link, uri: str, /, *, reconnect: bool | Backoff = True
    ) -> None:
        super().__init__(name, link)
        self.uri = uri
        check_reconnect(reconnect)
        self._reconnects = bool(reconnect)
        self._backoff = reconnect if isinstance(reconnect, Backoff) else BACKOFF
        self._requests: Requests | None = None
        self._way: Way | None = None
        self._posts: Posts | None = None
        self._listening: asyncio.Task[None] | None = None
        self._was_open = self._answered = False
        self._failure: Failed | None = None
        self._at_once = asyncio.Event()
        self._attempts = Attempts(self._backoff, self._on_delay, STABLE)

    # what a client that may listen in several ways does differently

    @property
    def _connect_timeout(self) -> float:
        """Seconds (scaled) until it must be open."""
        return CONNECT_TIMEOUT

    @property
    def _over(self) -> str:
        """What a note says of the way in which it is connected."""
        return ""

    async def _connect_error(self, failure: Failed, how_far: str) -> ConnectError:
        """Return the error for how its first requests failed."""
        return await connect_error(self, failure, how_far)

    @abstractmethod
    def make_way(self, requests: Requests, conversation: Conversation) -> Way:
        """Return the way in which it listens."""

    @property
    def raw(self) -> aiohttp.ClientSession:
        """The library's own object. Raises Disconnected before the first connection."""
        if self._requests is None:
            raise Disconnected(f"{self.name} has not connected yet.")
        return self._requests.session

    @property
    def local_ports(self) -> set[int]:
        """The ports from which this client dials its link."""
        return set() if self._requests is None else self._requests.local_ports

    @property
    def ending(self) -> HttpReason | None:
        """The disconnect reason of the last connection, None if it has not ended."""
        return HttpReason(self.close_reason) if self.close_reason else None

    # opening

    async def _open(self) -> None:
        """Join the chat, or ask again at once. Raises ConnectError, which says what answers there.

        A client that asks again keeps its cursor, and goes on if this attempt fails, too.
        """
        joins = self._state == "closed" or not self._was_open
        self._answered, self._failure = False, None
        if joins:
            await self._join()
        else:
            self._at_once.set()
        requests = self._requests
        assert requests is not None
        try:
            await self.changes.until(
                lambda: self._answered or self._failure is not None, self._connect_timeout
            )
            if not self._answered:
                failure = self._failure or Failed("ping timeout", "no answer came in time")
                if joins:
                    await self._stop()
                    self._enter("closed", "could not connect")
                raise await self._connect_error(failure, requests.how_far) from failure
        except BaseException:
            if joins:
                await self._stop()
                if self._state != "closed":
                    self._enter("closed")
            raise

    async def _join(self) -> None:
        await self._stop()
        self._requests = requests = Requests(self.link, self.uri)
        self._way = self.make_way(requests, Conversation(self._heard, self._on_lost))
        self._way.on_answer = self._on_answer
        self._posts = Posts(self._way.post, self.changes, self._backoff, lambda: self._state)
        self._attempts = Attempts(self._backoff, self._on_delay, STABLE)
        self._was_open, self.close_reason = False, ""
        self._enter("connecting")
        self._listening = asyncio.create_task(self._listen(self._way))

    async def _listen(self, way: Way) -> None:
        """Listen until the client no longer asks, or a request is refused."""
        try:
            while True:
                try:
                    await way.listen()
                except Failed as failure:
                    delay = self._on_failed(failure)
                    if delay is None:
                        return
                    self._at_once.clear()
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._at_once.wait(), delay)
                    self._enter("connecting")
        finally:
            if self._listening is asyncio.current_task() and self._state != "closing":
                await way.requests.close()
                if self._was_open:  # it may have been cancelled, by anyone
                    self._end("transport error", "it stopped listening")

    def _on_answer(self) -> None:
        if self._state not in ("connecting", "reconnecting"):
            return
        again = " again" if self._was_open else ""
        self._was_open, self._answered, self.close_reason = True, True, ""
        self._attempts.on_opened(asyncio.get_running_loop().time())
        self._enter("open", f"connected{again}{self._over}")

    def _on_failed(self, failure: Failed) -> float | None:
        """Return the seconds (scaled) to wait before asking again, None if it does not."""
        if self._state == "closing":
            return None
        self._failure = failure
        if not self._was_open:
            self.changes.notify()
            return None
        if not self._reconnects or failure.is_final or self.link.state == "closed":
            self._end(failure.reason, str(failure))
            return None
        if was_open := self._state == "open":
            self._attempts.on_lost(asyncio.get_running_loop().time())
        self.close_reason = failure.reason
        delay = self._attempts.next_delay()
        self._enter("reconnecting", f"lost: {failure.reason}, {failure}" if was_open else "")
        return delay

    def _on_delay(self, attempt: int, delay: float) -> None:
        self.attempt, self.retry_at = attempt, time.time() + delay

    def _on_lost(self, count: int | None) -> None:
        many = "message" if count == 1 else "messages"
        self._note(
            "lost: nobody knows how many messages, because the server has started again"
            if count is None
            else f"lost: at most {count} {many}, which the server no longer has"
        )
        self.changes.notify()

    # closing

    def _check_close(self, code: int, reason: str) -> None:
        """Raise LabError if a code or a reason is given: HTTP has none."""
        if code != 1000 or reason:
            raise LabError("HTTP has no close code and no close reason. Omit them.")

    async def _close(self, code: int, reason: str) -> None:
        """Tell the server that this client leaves, within 2 s (scaled), or stop asking again."""
        if self._state == "open" and self._way is not None:
            self._enter("closing")
            with contextlib.suppress(Failed):
                await self._way.leave()  # first, or the server would see a connection that breaks
        await self._stop()
        self._end("client disconnect")

    def _end(self, reason: str, why: str = "") -> None:
        """Handle the end, once."""
        if self._state in ("open", "closing", "connecting", "reconnecting"):
            if self._state in ("open", "closing") or not self.close_reason:
                self.close_reason = reason
            told = f"closed: {self.close_reason}"
            self._enter("closed", f"{told}, {why}" if why else told)

    async def _stop(self) -> None:
        """Stop listening, and end each request."""
        listening, self._listening = self._listening, None
        if listening is not None and not listening.done():
            listening.cancel()
            await asyncio.wait({listening}, timeout=1)
        if self._requests is not None:
            await self._requests.close()

    # saying

    async def say(self, text: Message) -> None:
        """Post a text or bytes, again and again until it is answered, for at most 15 s (scaled).

        Raises
        ------
        Disconnected
            If the client is closed, or nothing answers.
        NotSayable
            If the message is neither text nor bytes.
        LabError
            If the text contains a lone surrogate, or the server refuses it.
        """
        check_sayable(text, "A message")
        if self._posts is None or self._state in ("closed", "closing"):
            raise Disconnected(self._cannot_say())
        number = self._write(Entry("said", text, time.time(), "sending"))
        self.changes.notify()
        try:
            await self._posts.post(text)
        except Failed as failure:
            self._set_status(number, "failed")
            raise self._say_error(failure) from failure
        except BaseException:
            self._set_status(number, "failed")
            raise
        self._set_status(number, "acknowledged")

    def _say_error(self, failure: Failed) -> LabError:
        if self._state in ("closed", "closing"):
            return Disconnected(self._cannot_say())
        if failure.is_final:
            return LabError(f"The server refused what {self.name} said: {failure}.")
        return Disconnected(
            f"{self.name} posted this for {GIVE_UP:g} s, and it was not answered: {failure}. "
            "Whether it arrived is unknown."
        )

    def _cannot_say(self) -> str:
        return (
            f"{self.name} cannot say anything: the connection is {self._state}{self._with()}. "
            f"To connect again: {reconnect_hint(self)}."
        )
