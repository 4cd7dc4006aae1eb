"""The client's side of the contract."""

from __future__ import annotations

import asyncio
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Self, overload

from labkit.exceptions import NotHeard
from labkit.links import Link
from labkit.observable import Observable
from labkit.protocols.close_codes import CloseCode
from labkit.protocols.reasons import Reason
from labkit.protocols.states import STATES, State
from labkit.transports.contract.expected import Expectation, Expected
from labkit.transports.contract.history import Inbox, Transcript
from labkit.transports.contract.interruptible import Interruptible
from labkit.transports.contract.not_heard import explain_unended, explain_unheard
from labkit.transports.contract.transcript import Entry, Message, SendStatus
from labkit.untrusted import plain_text

Ending = CloseCode | Reason | None
"""How a connection ended: a code on WebSocket, otherwise a reason, None if it has not."""


class Client(ABC):
    """A client, connected to a server through a link.

    Attributes
    ----------
    name
        The client's name on the bench.
    protocol
        The protocol that it speaks: "websocket", "socketio", "sse", "longpoll", "poll" or
        "chain".
    link
        The link between this client and the server.
    inbox
        The received messages, in order: a list of the last 16 MiB.
    transcript
        The messages that were said and heard, and notes, oldest first: the last 2 000 entries, at
        most 16 MiB.
    close_code, close_reason
        How the connection ended, None and "" before. Socket.IO gives a disconnect reason, and a
        close code too if its transport was a WebSocket; the chats over HTTP give a reason alone.
    rooms
        The rooms that the server has put this client into, if the server is the bench's. No
        protocol informs a client of its rooms.
    retry_at
        While reconnecting, the time of the next attempt in seconds since the epoch.
    attempt
        While reconnecting, the number of the next attempt, from 1.
    changes
        Notified after each change of the above.
    """

    protocol: str

    def __init__(self, name: str, link: Link) -> None:
        self.name = name
        self.link = link
        self.inbox = Inbox()
        self.transcript = Transcript()
        self.close_code: CloseCode | None = None
        self.close_reason = ""
        self.rooms: tuple[str, ...] = ()
        self.retry_at: float | None = None
        self.attempt = 0
        self.changes = Observable()
        self._state: State = "connecting"
        self._endings = 0
        self._last_ending: Ending = None
        self._read = 0  # of all messages, including those that the inbox has dropped
        self._turn = asyncio.Lock()
        self._opening = Interruptible(f"{name} was closed before the connection was open.")

    @property
    @abstractmethod
    def raw(self) -> Any:
        """The library's own connection object."""

    @property
    @abstractmethod
    def transport(self) -> str:
        """How messages travel now, such as "websocket", "event stream" or "polling"."""

    @property
    @abstractmethod
    def local_ports(self) -> set[int]:
        """The ports from which this client dials its link, known before the handshake."""

    async def open(self) -> None:
        """Connect, or connect again over the same link; an open client stays as it is.

        Raises
        ------
        ConnectError
            If it cannot connect, or is closed while it tries; the text says why.
        """
        async with self._turn:
            if self._state != "open":
                await self._opening.run(self._open())

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection with a handshake, within 3 s; a closed one stays as it is.

        Raises
        ------
        LabError
            If this code or reason cannot be sent; the connection stays as it is.
        """
        self._check_close(code, reason)
        self._opening.interrupt()
        async with self._turn:
            await self._close(code, reason)

    @abstractmethod
    async def _open(self) -> None:
        """Connect. Raises ConnectError."""

    @abstractmethod
    def _check_close(self, code: int, reason: str) -> None:
        """Raise LabError if a code and a reason cannot be sent."""

    @abstractmethod
    async def _close(self, code: int, reason: str) -> None:
        """Close the connection with a handshake, within 3 s; do nothing if it is closed."""

    @abstractmethod
    async def say(self, text: Message) -> None:
        """Send a message. Raises Disconnected if the connection is not open."""

    @property
    def ending(self) -> Ending:
        """How the last connection ended, None if it has not."""
        return self.close_code

    # called by the bench, because no protocol informs a client of these

    def _on_handler_failed(self, namespace: str, number: int | None, why: str) -> None:  # noqa: B027
        """Handle that the server's handler for this client's event failed, or does not exist."""

    def _on_rooms(self, rooms: tuple[str, ...]) -> None:
        """Handle a change of the rooms that this client is in."""
        self.rooms = rooms
        self.changes.notify()

    def _on_replaced(self) -> None:
        """Note that the bench has another client of this name now: a box of this one stays."""
        self._note(f"another {self.name} was connected in its place")
        self.changes.notify()

    @property
    def state(self) -> State:
        """The state of the connection: see `labkit.protocols.states`."""
        return self._state

    def _enter(self, state: State, note: str = "") -> None:
        if self._state in ("open", "closing") and state in ("closed", "reconnecting"):
            self._endings += 1
            self._last_ending = self.ending
        self._state = state
        if state != "reconnecting":
            self.retry_at = None
        if state in ("open", "closed"):
            self.attempt = 0
        if note:
            self._note(note)
        self.changes.notify()

    def _enter_open(self, over: str = "") -> None:
        """Enter "open", with a note; of Python's transports, none resends what was missed."""
        again, lost = (" again", "; messages in between are lost") if self.attempt else ("", "")
        self.close_code, self.close_reason = None, ""
        self._enter("open", f"connected{again}{over}{lost}")

    def _note(self, text: str) -> None:
        """Write a note about the connection; part of it may come from the server."""
        self._write(Entry("note", plain_text(text), time.time()))

    def _write(self, entry: Entry) -> int:
        return self.transcript.keep(entry)

    def _heard(self, message: Message, is_echo: bool = False) -> None:
        self.inbox.keep(message)
        self._write(Entry("heard", message, time.time(), is_echo=is_echo))
        self.changes.notify()

    def _set_status(self, number: int, status: SendStatus) -> None:
        self.transcript.set_status(number, status)
        self.changes.notify()

    @overload
    async def hears(self, expected: int, within: float = 2.0) -> list[Message]: ...

    @overload
    async def hears(
        self,
        expected: str | bytes | re.Pattern[Any] | Callable[[Message], bool] | None = None,
        within: float = 2.0,
    ) -> Message: ...

    async def hears(
        self, expected: Expected = None, within: float = 2.0
    ) -> Message | list[Message]:
        """Wait for a message, starting behind the last one read; read up to and including it.

        Parameters
        ----------
        expected
            A text or bytes that the message contains, a pattern of `re`, a function that is true
            for it, `str` or `bytes` for a kind of message, a number of messages, or None for the
            next message.
        within
            Seconds, by the lab's clock.

        Returns
        -------
        str, bytes or list
            The message; for a number, the list of messages.

        Raises
        ------
        NotHeard
            If it did not come in time; the text says what was heard instead.
        LabError
            If `expected` is something else.
        """
        wanted = Expectation.of(expected)
        inbox, found, seen = self.inbox, -1, 0

        def arrived() -> bool:
            nonlocal found, seen
            start = max(self._read, inbox.dropped)
            if wanted.number is None:  # each message is looked at once, however many come
                start = max(start, seen)
            seen = inbox.dropped + len(inbox)
            end = wanted.find(inbox, start - inbox.dropped)
            found = -1 if end is None else inbox.dropped + end
            return found >= 0

        await self.changes.until(lambda: arrived() or self._state == "closed", within)
        if found < 0:
            raise NotHeard(explain_unheard(self, wanted, within, self._read))
        first, self._read = max(self._read - inbox.dropped, 0), found
        heard = inbox[first : found - inbox.dropped]
        return heard[-1] if wanted.number is None else heard

    async def ends(self, within: float = 2.0) -> Ending:
        """Wait until the connection has ended; by then, the client may be reconnecting, or be back.

        Parameters
        ----------
        within
            Seconds, by the lab's clock.

        Returns
        -------
        CloseCode or Reason
            How it ended, a code on WebSocket, otherwise a reason; None if it never was open.

        Raises
        ------
        NotHeard
            If it has not ended in that time.
        """
        seen = self._endings if self._state in ("open", "closing") else 0
        over = ("closed", "reconnecting")
        if not await self.changes.until(
            lambda: self._endings > seen or self._state in over, within
        ):
            raise NotHeard(explain_unended(self, within))
        return self._last_ending

    def _describe_transport(self) -> str:
        """Return the protocol; a client whose transport may change names that, too."""
        return self.protocol

    def _with(self) -> str:
        return "" if self.ending is None else f" with {self.ending!r}"

    async def __aenter__(self) -> Self:
        if self._state != "open":
            await self.open()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        word = STATES[self._state].word.lower()
        return f"<Client {self.name!r}: {self._describe_transport()}, {word}{self._with()}>"


def describe_transport(client: Client) -> str:
    """Return a client's protocol, and its transport if it may change: "socketio over polling"."""
    return client._describe_transport()
