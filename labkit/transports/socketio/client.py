"""A Socket.IO client: a person at a chat box, on a link of their own."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import socketio

from labkit.clock import clock
from labkit.exceptions import (
    Disconnected,
    HandlerFailed,
    LabError,
    NotAcknowledged,
)
from labkit.protocols.addresses import parse
from labkit.protocols.close_codes import CloseCode
from labkit.protocols.reasons import Reason
from labkit.protocols.socketio import EventMessage
from labkit.relay import Link
from labkit.transports import contract
from labkit.transports.contract import Entry, Message
from labkit.transports.socketio.library import Library
from labkit.transports.socketio.receipts import Receipt
from labkit.transports.socketio.refusals import why_not
from labkit.transports.socketio.strict import StrictPacket, raise_the_packet_limit

CHAT_MESSAGE = "chat message"
"""The event that `say` emits, and whose text is heard as it is."""

TRANSPORTS = ("polling", "websocket")

Handler = Callable[..., Any]


class Client(contract.Client):
    """A client that speaks Socket.IO.

    Parameters
    ----------
    name
        Whose client it is.
    link
        The link to dial.
    uri
        ``http://`` address of the server behind the link; the server sees this as its Host.
    transports
        The transports to use, in the order in which they are tried; by default polling, and from
        there an upgrade to WebSocket. (Python does not fall back from one to the other.)
    namespaces
        The namespaces to join.
    auth
        What the server's connect handler gets as `auth`.
    socketio_path
        Where the server has its endpoint.
    acknowledge
        Whether `say` asks for acknowledgements, which the box shows as ticks.
    options
        Passed to `socketio.AsyncClient`, for example `reconnection=False`.

    Raises
    ------
    LabError
        If an option is not one of these.
    """

    def __init__(
        self,
        name: str,
        link: Link,
        uri: str,
        *,
        transports: list[str] | str | None = None,
        namespaces: list[str] | str = "/",
        auth: Any = None,
        socketio_path: str = "socket.io",
        headers: dict[str, str] | None = None,
        acknowledge: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(name, link)
        raise_the_packet_limit()
        self.uri = uri
        self._transports = _checked_transports(transports)
        self._namespaces = [namespaces] if isinstance(namespaces, str) else list(namespaces)
        self._auth = auth
        self._path = socketio_path
        self._headers = headers or {}
        self._acknowledge = acknowledge
        self._handlers: dict[tuple[str, str], Handler] = {}
        self._refused: dict[str, Any] = {}
        self._mishap: asyncio.Future[str] | None = None
        address = parse(uri)
        _check_path(uri, address.path)
        defaults: dict[str, Any] = {
            "serializer": StrictPacket,
            "reconnection_delay": clock.seconds(1),
            "reconnection_delay_max": clock.seconds(5),
            "randomization_factor": clock.seconds(0.5),  # the library adds it as seconds
            "request_timeout": clock.seconds(5),
            "timestamp_requests": False,  # no cache is in between, and each would be another length
        }
        host = urlsplit(uri).netloc
        try:
            self._library = Library(self, host, **(defaults | options))
        except TypeError as error:
            raise LabError(
                f"`connect` does not know one of these options: {', '.join(options)} ({error}). "
                "It takes those of `socketio.AsyncClient` and of its `connect`."
            ) from error
        library = self._library
        library.on("connect", self._joined, namespace="*")
        library.on("connect_error", self._turned_away, namespace="*")
        library.on("disconnect", self._lost, namespace="*")
        library.on("*", self._arrived, namespace="*")

    @property
    def raw(self) -> socketio.AsyncClient:
        """The library's client."""
        return self._library

    @property
    def local_ports(self) -> set[int]:
        """The ports from which this client dials its link."""
        return self._library.local_ports

    @property
    def transport(self) -> str:
        """How messages travel now, or did last: "polling" or "websocket"."""
        return self._library.eio.current_transport or self._transports[0]

    @property
    def badge(self) -> str:
        """What speaks, over what."""
        return f"socketio over {self.transport}"

    @property
    def sid(self) -> str | None:
        """Its id in the first of its namespaces, None while it is in none."""
        return self._library.get_sid(self._namespaces[0]) if self._state == "open" else None

    @property
    def ending(self) -> Reason | None:
        """How the last connection ended, in Socket.IO's words; None if it has not."""
        return Reason(self.close_reason) if self.close_reason else None

    # connecting

    async def open(self) -> None:
        """Connect, or connect again at once. Raises ConnectError, which says what answers there."""
        if self._state == "open":
            return
        await self._library.shutdown()  # ends attempts that wait for their time
        self._mishap = asyncio.get_running_loop().create_future()
        self._refused.clear()
        query = urlsplit(self.uri).query
        url = f"http://{self.link.host}:{self.link.port}/" + (f"?{query}" if query else "")
        connecting = asyncio.ensure_future(
            self._library.connect(
                url,
                headers=dict(self._headers),
                auth=self._auth,
                transports=list(self._transports),
                namespaces=list(self._namespaces),
                socketio_path=self._path,
            )
        )
        try:
            first: set[asyncio.Future[Any]] = {connecting, self._mishap}
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            if self._mishap.done():
                raise socketio.exceptions.ConnectionError(self._mishap.result())
            await connecting
        except socketio.exceptions.ConnectionError as error:
            self._enter("closed", "could not connect")
            raise await why_not(self, error) from error
        except BaseException:
            self._enter("closed")
            raise
        finally:
            if not connecting.done():
                connecting.cancel()
                await asyncio.wait({connecting}, timeout=1)
                await self._library.drop()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Send a disconnect packet in each namespace, then close; or stop trying to come back.

        Raises
        ------
        LabError
            If a code or a reason is given: Socket.IO has none to send.
        """
        if code != 1000 or reason:
            raise LabError("Socket.IO sends no close code and no reason. Leave them out.")
        if self._state == "open":
            self._enter("closing")
        await self._library.shutdown()
        await self._library.drop()
        if self.close_code is None and self.transport == "websocket":
            self.close_code = self._code()
        if self.state != "closed":  # it was not connected
            self._enter("closed", "closed")

    # what the library tells

    def tries(self) -> None:
        """Take note that an attempt to connect begins."""
        self.retry_at = None
        self._enter("connecting")

    def waits(self, until: float) -> None:
        """Take note that the next attempt comes at a time, in seconds since the epoch."""
        self.retry_at = until
        self.attempt += 1
        self._enter("reconnecting")

    def gives_up(self) -> None:
        """Take note that no further attempt will be made."""
        if self._state in ("reconnecting", "connecting"):
            self.retry_at = None
            self._enter("closed", f"closed after {self.attempt} attempts to come back")

    def opened(self) -> None:
        """Take note that the transport is open, and the namespaces are not joined yet."""
        self.changes.notify()

    async def _joined(self, namespace: str) -> None:
        if set(self._namespaces) <= set(self._library.namespaces):
            again = " again" if self.attempt else ""
            self.attempt, self.retry_at = 0, None
            self.close_code, self.close_reason = None, ""
            self._enter("open", f"connected{again} over {self.transport}")

    async def _turned_away(self, namespace: str, data: Any = None) -> None:
        if self._library.eio.state == "connected":  # it is told of broken connections, too
            self._refused[namespace] = data

    async def _lost(self, namespace: str, reason: str) -> None:
        library = self._library
        if self._state not in ("open", "closing"):
            return  # it is known from another namespace
        by_server = reason == library.reason.SERVER_DISCONNECT
        alive = library.eio.state == "connected"
        if by_server and alive and len(library.namespaces) > 1:
            self._write(Entry("note", f"the server ended {namespace}", time.time()))
            self.changes.notify()
            return
        self.close_code, self.close_reason = self._code(), reason
        self.rooms = ()
        if library.reconnection and alive and not by_server:
            self._enter("reconnecting", f"lost: {reason}")
        else:
            self._enter("closed", f"closed: {reason}")

    def _code(self) -> CloseCode | None:
        """Return the close code of the WebSocket below, None if there is none."""
        code = getattr(self._library.eio.ws, "close_code", None)
        return None if code is None or self.transport == "polling" else CloseCode(code)

    async def _arrived(self, event: str, namespace: str, *arguments: Any) -> Any:
        plain = namespace == "/" and event == CHAT_MESSAGE and len(arguments) == 1
        if plain and isinstance(arguments[0], (str, bytes)):
            self._heard(arguments[0])
        else:
            self._heard(EventMessage.of(event, arguments, namespace))
        handler = self._handlers.get((namespace, event))
        result = handler(*arguments) if handler else None
        return await result if inspect.isawaitable(result) else result

    def handler_failed(self, namespace: str, number: int | None, why: str) -> None:
        """Take note that a handler failed which served this client."""
        waiting = self._library.callbacks.get(namespace, {})
        receipt = waiting.pop(number, None) if number else None
        if isinstance(receipt, Receipt):
            receipt.fail(why)
        elif self._state == "connecting" and self._mishap and not self._mishap.done():
            self._mishap.set_result(f"the connect handler failed: {why}")
        else:
            self._note_failure(why)
        self.changes.notify()

    def _note_failure(self, why: str) -> None:
        self._write(Entry("note", f"the server failed on it: {why}", time.time()))

    # talking

    def on(
        self, event: str, handler: Handler | None = None, *, namespace: str = "/"
    ) -> Handler | Callable[[Handler], Handler]:
        """Call a function for an event, beside hearing it; what it returns is acknowledged.

        Parameters
        ----------
        event
            Its name.
        handler
            Takes the event's arguments, may be a coroutine function. Without it, `on` decorates.

        Examples
        --------
        ``alice.on("typing", print)``
        """

        def register(function: Handler) -> Handler:
            self._handlers[namespace, event] = function
            return function

        return register if handler is None else register(handler)

    async def say(self, text: Message, room: str | None = None) -> None:
        """Emit a text or bytes as `chat message`, or to a room of the finished chat.

        Raises
        ------
        Disconnected
            If the connection is not open: Python's client keeps nothing for later.
        TypeError
            For anything but text and bytes.
        """
        if not isinstance(text, (str, bytes)):
            raise TypeError(
                f"A person says text or bytes, not {type(text).__name__}. "
                f'`await {self.name}.emit("chat message", ...)` sends whatever JSON can express.'
            )
        self._check_open()
        number = self._write(Entry("said", text, time.time(), "sending"))
        self.changes.notify()

        def answered(receipt: Receipt) -> None:
            if receipt.failure:
                self._note_failure(receipt.failure)
            else:
                self._delivered(number, "acknowledged")

        receipt = Receipt(answered) if self._acknowledge else None
        call = (CHAT_MESSAGE, text) if room is None else ("room message", room, text)
        try:
            await self._send(call, "/", receipt)
        except BaseException:
            self._delivered(number, "failed")
            raise
        self._delivered(number, "sent")

    async def emit(self, event: str, *arguments: Any, namespace: str = "/") -> None:
        """Emit an event with any number of arguments.

        Raises
        ------
        Disconnected
            If the connection is not open: Python's client keeps nothing for later.
        LabError
            If an argument has no JSON, or the namespace was not joined.
        """
        self._check_open()
        await self._send((event, *arguments), namespace)

    async def call(
        self, event: str, *arguments: Any, namespace: str = "/", within: float = 2.0
    ) -> Any:
        """Emit an event and wait for its acknowledgement.

        Parameters
        ----------
        within
            Seconds, by the lab's clock.

        Returns
        -------
        Any
            What the handler returned: None for nothing, a tuple for several values.

        Raises
        ------
        HandlerFailed
            If the handler failed, or there is none; the bench tells, the protocol does not.
        NotAcknowledged
            If no acknowledgement came in time, or the connection ended before.
        """
        self._check_open()
        receipt = Receipt(lambda _: self.changes.notify())
        sent_on = self._library.eio.sid
        await self._send((event, *arguments), namespace, receipt)

        def over() -> bool:
            return receipt.done or self._library.eio.sid != sent_on

        await self.changes.until(over, within)
        if receipt.failure:
            raise HandlerFailed(
                f"The server's handler for {event!r} failed, so no acknowledgement will come: "
                f"{receipt.failure}"
            )
        if receipt.done:
            return receipt.value
        raise NotAcknowledged(self._unanswered(event, within, over()))

    async def _send(
        self, call: tuple[Any, ...], namespace: str, receipt: Receipt | None = None
    ) -> None:
        if namespace not in self._library.namespaces:
            joined = ", ".join(self._library.namespaces)
            raise LabError(
                f"{self.name} has not joined the namespace {namespace!r}, only {joined}. "
                f"Connect with `namespaces=[...]`."
            )
        event, *arguments = call
        try:
            await self._library.emit(event, tuple(arguments), namespace=namespace, callback=receipt)
        except (TypeError, ValueError, RecursionError) as error:
            raise LabError(
                f"{event!r} was not sent: JSON cannot express its arguments ({error})."
            ) from error

    def _check_open(self) -> None:
        if self._state == "open":
            return
        cut = self.link.state == "cut"
        first = f"`{self.name}.link.restore()`, then " if cut else ""
        raise Disconnected(
            f"{self.name} cannot say anything: the connection is {self._state}{self._with()}. "
            "Python's Socket.IO client keeps nothing for later (JavaScript's does), so it would be "
            f"lost. {first}`await {self.name}.open()` connects at once."
        )

    def _unanswered(self, event: str, within: float, ended: bool) -> str:
        if ended:
            return (
                f"The connection ended{self._with()} before {event!r} was acknowledged. "
                "Whether the server handled it is not known."
            )
        return (
            f"Nobody acknowledged {event!r} within {within:g} s. Either its handler has not "
            "returned yet, or the server is in JavaScript and its handler calls no callback."
        )


def _checked_transports(transports: list[str] | str | None) -> list[str]:
    if transports is None:
        return list(TRANSPORTS)
    chosen = [transports] if isinstance(transports, str) else list(transports)
    unknown = [each for each in chosen if each not in TRANSPORTS]
    if unknown or not chosen:
        raise LabError(
            f"There is no transport {', '.join(map(repr, unknown)) or 'given'}. Python's Socket.IO "
            'knows "polling" and "websocket".'
        )
    return chosen


def _check_path(uri: str, path: str) -> None:
    where = path.partition("?")[0]
    if where != "/":
        raise LabError(
            f"{uri!r} has a path, which means two things elsewhere. For a namespace: "
            f'`namespaces=["{where}"]`; for the place of the endpoint: '
            f'`socketio_path="{where.strip("/")}/socket.io"`; and leave it out of the address.'
        )
