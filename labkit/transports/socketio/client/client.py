"""A Socket.IO client: what it sends, and the functions that it calls for events."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Any

from labkit.backoff import Backoff
from labkit.exceptions import Disconnected, HandlerFailed, LabError, NotAcknowledged
from labkit.links import Link
from labkit.transports.contract import Entry, Message
from labkit.transports.contract.not_heard import reconnect_hint
from labkit.transports.settings import CHAT_MESSAGE, ROOM_MESSAGE
from labkit.transports.socketio.client.connect_errors import NOT_ANSWERED
from labkit.transports.socketio.client.connection import Life
from labkit.transports.socketio.client.echoes import Echoes
from labkit.transports.socketio.client.events import Events, Handler
from labkit.transports.socketio.client.pending_acks import PendingAck
from labkit.transports.socketio.options import reconnect_options


class Client(Life):
    """A client that speaks Socket.IO.

    Parameters
    ----------
    name
        The client's name on the bench.
    link
        The link to dial.
    uri
        The ``http://`` address of the server behind the link, which the client sends as Host.
    transports
        The transports to use, in the order in which they are tried; by default polling, followed by
        an upgrade to WebSocket. (Python's client does not fall back from one to the other.)
    namespaces
        The namespaces to join; by default "/".
    auth
        The value that the server's connect handler gets as `auth`.
    socketio_path
        The path of the server's endpoint.
    headers
        Further headers of its requests.
    acknowledge
        Whether `say` requests acknowledgements, which the box shows as ticks.
    reconnect
        Whether to reconnect, or how long to wait before each attempt; None leaves it to the
        library's options.
    options
        Passed to `socketio.AsyncClient`, for example `reconnection=False`.

    Raises
    ------
    LabError
        If an option is not one of that class, or the library cannot wait as `reconnect` says.
    """

    def __init__(
        self,
        name: str,
        link: Link,
        uri: str,
        /,
        *,
        transports: list[str] | str | None = None,
        namespaces: Collection[str] | str | None = None,
        auth: Any = None,
        socketio_path: str = "socket.io",
        headers: dict[str, str] | None = None,
        acknowledge: bool = True,
        reconnect: bool | Backoff | None = None,
        **options: Any,
    ) -> None:
        super().__init__(
            name,
            link,
            uri,
            transports=transports,
            namespaces=namespaces,
            auth=auth,
            socketio_path=socketio_path,
            headers=headers,
            options=options if reconnect is None else reconnect_options(reconnect, options),
        )
        self._acknowledge = acknowledge
        self._events = Events(name, self._library, self._namespaces, self._heard_event)
        self._echoes = Echoes()

    def on(
        self, event: str, handler: Handler | None = None, *, namespace: str | None = None
    ) -> Handler | Callable[[Handler], Handler]:
        """Call a function for an event; its result is sent as the acknowledgement.

        The event is also heard, with or without a function.

        Parameters
        ----------
        event
            The event's name. "connect", "disconnect" and "connect_error" are about the connection
            itself. "*" means every event without a function of its own; the function then gets the
            event's name as its first argument.
        handler
            A function or coroutine function of the event's arguments. Without it, `on` is a
            decorator.
        namespace
            By default the one that was joined, or "/" of several. "*" means each of them; the
            function then gets the namespace before the arguments.

        Raises
        ------
        LabError
            If the function would never be called.

        Examples
        --------
        ``alice.on("typing", print)``
        """
        where = self._events.choose_namespace(event, namespace)

        def register(function: Handler) -> Handler:
            self._events.on(event, where, function)
            return function

        return register if handler is None else register(handler)

    async def say(self, text: Message, room: str | None = None) -> None:
        """Emit a text or bytes as `chat message`, or to a room of the finished chat.

        Raises
        ------
        Disconnected
            If the connection is not open: Python's client does not queue messages.
        TypeError
            If the message is neither text nor bytes.
        LabError
            If the room is not a non-empty string.
        """
        if not isinstance(text, (str, bytes)):
            raise TypeError(
                f"`say` sends text or bytes, not {type(text).__name__}. "
                f'`await {self.name}.emit("chat message", ...)` sends whatever JSON can express.'
            )
        if room is not None and not (isinstance(room, str) and room):
            raise LabError(
                f"`room` must be a non-empty string, not {room!r}. Omit it to send to everyone."
            )
        self._check_open()
        number = self._write(Entry("said", text, time.time(), "sending", room or ""))
        self.changes.notify()

        def answered(pending_ack: PendingAck) -> None:
            self._echoes.forget(number)
            if pending_ack.failure:
                self._note_failure(pending_ack.failure)
            else:
                self._set_status(number, "acknowledged")

        pending_ack = PendingAck(answered) if self._acknowledge else None
        event, arguments = (CHAT_MESSAGE, (text,)) if room is None else (ROOM_MESSAGE, (room, text))
        if pending_ack:
            self._echoes.expect(number, event, arguments)
        try:
            await self._events.send(event, arguments, None, pending_ack)
        except BaseException:
            self._echoes.forget(number)
            self._set_status(number, "failed")
            raise
        self._set_status(number, "sent")

    async def emit(self, event: str, *arguments: Any, namespace: str | None = None) -> None:
        """Emit an event with any number of arguments.

        Parameters
        ----------
        event
            The event's name.
        arguments
            Its arguments: values that JSON can express, and bytes.
        namespace
            By default the one that was joined, or "/" of several.

        Raises
        ------
        Disconnected
            If the connection is not open: Python's client does not queue messages.
        LabError
            If JSON cannot express an argument, the name is reserved, or the namespace was not
            joined.
        """
        self._check_open()
        await self._events.send(event, arguments, namespace)

    async def call(
        self, event: str, *arguments: Any, namespace: str | None = None, within: float = 2.0
    ) -> Any:
        """Emit an event and wait for its acknowledgement.

        Parameters
        ----------
        event, arguments, namespace
            As for `emit`.
        within
            Seconds, by the lab's clock.

        Returns
        -------
        Any
            The acknowledgement: None for nothing, a tuple for several values.

        Raises
        ------
        HandlerFailed
            If the handler failed, or does not exist. The bench reports this; the protocol does not.
        NotAcknowledged
            If no acknowledgement came in time, or the connection ended first.
        """
        self._check_open()
        pending_ack = PendingAck(lambda _: self.changes.notify())
        sent_on = self._library.session_id
        await self._events.send(event, arguments, namespace, pending_ack)

        def over() -> bool:
            return pending_ack.done or self._library.session_id != sent_on

        await self.changes.until(over, within)
        if pending_ack.failure:
            raise HandlerFailed(
                f"No acknowledgement will come for {event!r}: {pending_ack.failure}"
            )
        if pending_ack.done:
            return pending_ack.value
        raise NotAcknowledged(self._unanswered(event, within, over()))

    def _check_open(self) -> None:
        if self._state == "open":
            return
        raise Disconnected(
            f"{self.name} cannot say anything: the connection is {self._state}{self._with()}. "
            "Python's Socket.IO client keeps nothing for later (JavaScript's does), so the message "
            f"would be lost. To connect at once: {reconnect_hint(self)}."
        )

    def _unanswered(self, event: str, within: float, ended: bool) -> str:
        if ended:
            return (
                f"The connection ended{self._with()} before {event!r} was acknowledged. "
                "Whether the server handled it is unknown."
            )
        return (
            f"No acknowledgement of {event!r} came within {within:g} s. Either its handler has not "
            "returned yet, or it is a JavaScript handler that does not call the callback."
        )

    async def _joined(self, namespace: str) -> None:
        await super()._joined(namespace)
        self._events.emit_lifecycle("connect", namespace)

    async def _turned_away(self, namespace: str, data: Any = None) -> None:
        await super()._turned_away(namespace, data)
        self._events.emit_lifecycle("connect_error", namespace, data)

    async def _lost(self, namespace: str, reason: str) -> None:
        self._echoes.clear()
        await super()._lost(namespace, reason)
        self._events.emit_lifecycle("disconnect", namespace, reason)

    def _on_handler_failed(self, namespace: str, number: int | None, why: str) -> None:
        """Fail the pending acknowledgement or the attempt to connect; otherwise write a note."""
        pending_ack = self._events.take_pending_ack(namespace, number)
        if pending_ack is not None:
            pending_ack.fail(why)
        elif not self._fail_to_connect(f"{NOT_ANSWERED}: {why}"):
            self._note_failure(why)
        self.changes.notify()

    def _heard_event(self, message: Message) -> None:
        self._heard(message, is_echo=self._echoes.take(message))

    def _note_failure(self, why: str) -> None:
        self._note(f"no answer from the server: {why}")
