"""The events that a Socket.IO client receives and sends, with any number of arguments."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from labkit.exceptions import LabError, NotSayable
from labkit.protocols.socketio import EventMessage
from labkit.transports.contract import Message
from labkit.transports.handlers import can_take
from labkit.transports.settings import CHAT_MESSAGE
from labkit.transports.socketio.client.async_client import AsyncClient
from labkit.transports.socketio.client.pending_acks import PendingAck
from labkit.transports.socketio.packets import RESERVED_EVENTS

Handler = Callable[..., Any]

LIFECYCLE_EVENTS = ("connect", "connect_error", "disconnect")
"""Events that are not sent: the client emits them about its own connection."""


class Events:
    """The events of one client; `hear` is called with each message.

    Attributes
    ----------
    namespace
        The default namespace: the only one that the client joins, or "/" of several.
    """

    def __init__(
        self,
        name: str,
        library: AsyncClient,
        namespaces: Sequence[str],
        hear: Callable[[Message], None],
    ) -> None:
        self._name = name
        self._namespaces = namespaces
        self.namespace = namespaces[0] if len(namespaces) == 1 else "/"
        self._library = library
        self._hear = hear
        self._handlers: dict[tuple[str, str], Handler] = {}
        self._running: set[asyncio.Future[Any]] = set()
        library.on("*", self._arrived, namespace="*")

    def on(
        self, event: str, handler: Handler | None, namespace: str | None
    ) -> Handler | Callable[[Handler], Handler]:
        """Register a function for an event; without one, return a decorator that does.

        Raises
        ------
        LabError
            If the function would never be called, or cannot be.
        """
        if not isinstance(event, str):
            raise LabError(
                f'`on` needs the name of an event first, as in `@{self._name}.on("typing")`, '
                f"not {event!r}."
            )
        if event in RESERVED_EVENTS and event not in LIFECYCLE_EVENTS:
            raise LabError(f"{event!r} never arrives, because Socket.IO reserves this name.")
        where = self.namespace if namespace is None else namespace
        if where not in (*self._namespaces, "*"):
            raise LabError(
                f"{self._name} is not in the namespace {where!r}, only in "
                f"{', '.join(self._namespaces)}, so {event!r} would not be heard there. "
                "Connect with `namespaces=[...]`."
            )

        def register(function: Handler) -> Handler:
            if not callable(function):
                raise LabError(
                    f"`on` needs the function itself for {event!r}, without brackets, not "
                    f"{function!r}."
                )
            self._handlers[where, event] = function
            return function

        return register if handler is None else register(handler)

    def _handler(
        self, event: str, namespace: str, arguments: tuple[Any, ...]
    ) -> tuple[Handler | None, tuple[Any, ...]]:
        """Return the function to call and its arguments: the most specific, as in the library."""
        for key, before in (
            ((namespace, event), ()),
            ((namespace, "*"), (event,)),
            (("*", event), (namespace,)),
            (("*", "*"), (event, namespace)),
        ):
            if key in self._handlers and not (key[1] == "*" and event in LIFECYCLE_EVENTS):
                return self._handlers[key], (*before, *arguments)
        return None, arguments

    def emit_lifecycle(self, event: str, namespace: str, *arguments: Any) -> None:
        """Call the function for a lifecycle event, if there is one.

        The loop calls it and not the library, which would swallow its exceptions.
        """
        handler, arguments = self._handler(event, namespace, arguments)
        if handler is not None:
            if event == "disconnect" and not can_take(handler, *arguments):
                arguments = arguments[:-1]  # as in the library: old handlers take no reason
            asyncio.get_running_loop().call_soon(self._call, handler, arguments)

    def _call(self, handler: Handler, arguments: tuple[Any, ...]) -> None:
        result = handler(*arguments)
        if inspect.isawaitable(result):
            task = asyncio.ensure_future(result)
            self._running.add(task)  # the loop itself holds tasks weakly
            task.add_done_callback(self._running.discard)

    async def _arrived(self, event: str, namespace: str, *arguments: Any) -> Any:
        plain = namespace == self.namespace and event == CHAT_MESSAGE and len(arguments) == 1
        if plain and isinstance(arguments[0], (str, bytes)):
            self._hear(arguments[0])
        else:
            self._hear(EventMessage.of(event, arguments, namespace))
        handler, arguments = self._handler(event, namespace, arguments)
        result = handler(*arguments) if handler else None
        return await result if inspect.isawaitable(result) else result

    async def send(
        self,
        event: str,
        arguments: tuple[Any, ...],
        namespace: str | None,
        pending_ack: PendingAck | None = None,
    ) -> None:
        """Emit an event, and request an acknowledgement if there is a pending ack for it.

        Raises LabError if it cannot be sent.
        """
        if not isinstance(event, str):
            raise LabError(
                f"The name of an event must be a string, not {event!r}. It was not sent."
            )
        if event in RESERVED_EVENTS:
            raise LabError(
                f"{event!r} was not sent: Socket.IO reserves this name, and a server may "
                "disconnect a client that uses it (JavaScript's client refuses it too). Choose "
                "another name."
            )
        namespace = self.namespace if namespace is None else namespace
        if not self._library.get_sid(namespace):
            joined = [each for each in self._namespaces if self._library.get_sid(each)]
            raise LabError(
                f"{self._name} has not joined the namespace {namespace!r}, only "
                f"{', '.join(joined)}. {self._instead(namespace)}"
            )
        try:
            # a tuple means several arguments; without it, a single None would mean no argument
            await self._library.emit(event, arguments, namespace=namespace, callback=pending_ack)
        except (TypeError, ValueError, RecursionError) as error:
            raise LabError(
                f"{event!r} was not sent: JSON cannot express its arguments ({error})."
            ) from error

    def _instead(self, namespace: str) -> str:
        if namespace in self._namespaces:
            again = f"`await {self._name}.close()`, then `await {self._name}.open()`"
            return f"The server ended that one; to join it again: {again}."
        named = f"namespaces={[*self._namespaces, '...']}"
        return f"Name one of these with `namespace=...`, or connect with `{named}`."

    def take_pending_ack(self, namespace: str, number: int | None) -> PendingAck | None:
        """Return a pending ack by its number and remove it, None if there is none."""
        pending_ack = self._library.take_callback(namespace, number) if number else None
        return pending_ack if isinstance(pending_ack, PendingAck) else None


def check_said(name: str, text: Any, room: Any) -> None:
    """Check what a client is to say, and to which room, None for everyone.

    Raises
    ------
    NotSayable
        If the message is neither text nor bytes.
    LabError
        If the room is not a non-empty string.
    """
    if not isinstance(text, (str, bytes)):
        raise NotSayable(
            f"`say` sends text or bytes, not {type(text).__name__}. "
            f'`await {name}.emit("chat message", ...)` sends whatever JSON can express.'
        )
    if room is not None and not (isinstance(room, str) and room):
        raise LabError(
            f"`room` must be a non-empty string, not {room!r}. Omit it to send to everyone."
        )
