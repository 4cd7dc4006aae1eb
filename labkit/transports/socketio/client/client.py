"""A Socket.IO client: what it sends, and the functions that it calls for events."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Any

import socketio

from labkit.backoff import Backoff
from labkit.exceptions import LabError, NotAcknowledged
from labkit.links import Link
from labkit.protocols.reasons import Reason
from labkit.transports import contract
from labkit.transports.contract import Entry, Message
from labkit.transports.settings import CHAT_MESSAGE, ROOM_MESSAGE
from labkit.transports.socketio.client.connect_errors import NOT_ANSWERED
from labkit.transports.socketio.client.connection import Connection
from labkit.transports.socketio.client.events import Events, Handler, check_said
from labkit.transports.socketio.client.own_echoes import OwnEchoes
from labkit.transports.socketio.client.pending_acks import PendingAck, explain_unanswered
from labkit.transports.socketio.options import (
    checked_namespaces,
    checked_transports,
    reconnect_options,
)


class Client(contract.Client):
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

    Attributes
    ----------
    refused
        The data with which the server refused each namespace.
    """

    protocol = "socketio"

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
        super().__init__(name, link)
        self.uri = uri
        self._acknowledge = acknowledge
        self._echoes = OwnEchoes()
        self._connection = connection = Connection(
            self,
            uri,
            transports=checked_transports(transports),
            namespaces=checked_namespaces(namespaces),
            requests={"auth": auth, "headers": headers or {}, "socketio_path": socketio_path},
            options=options if reconnect is None else reconnect_options(reconnect, options),
            on_lifecycle=self._on_lifecycle,
        )
        self.transports = connection.transports
        self.refused = connection.refused
        self._events = Events(name, connection.library, connection.namespaces, self._heard_event)

    @property
    def raw(self) -> socketio.AsyncClient:
        """The library's client."""
        return self._connection.library

    @property
    def local_ports(self) -> set[int]:
        """The ports from which this client dials its link."""
        return self._connection.library.http_connections.sockets.local_ports

    @property
    def transport(self) -> str:
        """How messages travel now, or did before the end: "polling" or "websocket"."""
        return self._connection.transport

    def _describe_transport(self) -> str:
        return f"{self.protocol} over {self.transport}"

    @property
    def sid(self) -> str | None:
        """Its session id in the first of its namespaces, None while it is not connected."""
        return self._connection.sid if self._state == "open" else None

    @property
    def ending(self) -> Reason | None:
        """The disconnect reason of the last connection, None if it has not ended."""
        return Reason(self.close_reason) if self.close_reason else None

    async def _open(self) -> None:
        """Connect, or reconnect at once. Raises ConnectError, which says what answers there."""
        await self._connection.open()

    def _check_close(self, code: int, reason: str) -> None:
        """Raise LabError if a code or a reason is given: Socket.IO cannot send them."""
        if code != 1000 or reason:
            raise LabError("Socket.IO sends no close code and no close reason. Omit them.")

    async def _close(self, code: int, reason: str) -> None:
        """Send a disconnect packet in each namespace, then close; or stop trying to reconnect."""
        await self._connection.close()

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
        return self._events.on(event, handler, namespace)

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
        check_said(self.name, text, room)
        self._connection.check_open()
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
        self._connection.check_open()
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
        self._connection.check_open()
        pending_ack = PendingAck(lambda _: self.changes.notify())
        where = self._events.namespace if namespace is None else namespace
        library = self._connection.library
        sid = library.get_sid(where)
        await self._events.send(event, arguments, where, pending_ack)

        def over() -> bool:
            return pending_ack.done or library.get_sid(where) != sid

        await self.changes.until(over, within)
        if not pending_ack.done:
            raise NotAcknowledged(explain_unanswered(event, within, over(), self._with()))
        return pending_ack.result(event)

    def _on_lifecycle(self, event: str, namespace: str, *arguments: Any) -> None:
        if event == "disconnect":
            self._echoes.clear()
        self._events.emit_lifecycle(event, namespace, *arguments)

    def _on_handler_failed(self, namespace: str, number: int | None, why: str) -> None:
        """Fail the pending acknowledgement or the attempt to connect; otherwise write a note."""
        pending_ack = self._events.take_pending_ack(namespace, number)
        if pending_ack is not None:
            pending_ack.fail(why)
        elif not self._connection.fail(f"{NOT_ANSWERED}: {why}"):
            self._note_failure(why)
        self.changes.notify()

    def _heard_event(self, message: Message) -> None:
        self._heard(message, is_echo=self._echoes.take(message))

    def _note_failure(self, why: str) -> None:
        self._note(f"no answer from the server: {why}")
