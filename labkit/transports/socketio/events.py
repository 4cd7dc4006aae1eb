"""What a Socket.IO client hears and sends: events, with any number of arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from labkit.exceptions import LabError
from labkit.protocols.socketio import EventMessage
from labkit.transports.contract import Message
from labkit.transports.settings import CHAT_MESSAGE
from labkit.transports.socketio.library import Library
from labkit.transports.socketio.receipts import Receipt
from labkit.transports.socketio.strict import RESERVED

Handler = Callable[..., Any]


class Events:
    """The events of one client.

    Parameters
    ----------
    name
        Whose client it is.
    library
        The library's client.
    hear
        Called with each message.
    """

    def __init__(self, name: str, library: Library, hear: Callable[[Message], None]) -> None:
        self._name = name
        self._library = library
        self._hear = hear
        self._handlers: dict[tuple[str, str], Handler] = {}
        library.on("*", self._arrived, namespace="*")

    def on(self, event: str, namespace: str, handler: Handler) -> None:
        """Call a function for an event, beside hearing it."""
        self._handlers[namespace, event] = handler

    async def _arrived(self, event: str, namespace: str, *arguments: Any) -> Any:
        plain = namespace == "/" and event == CHAT_MESSAGE and len(arguments) == 1
        if plain and isinstance(arguments[0], (str, bytes)):
            self._hear(arguments[0])
        else:
            self._hear(EventMessage.of(event, arguments, namespace))
        handler = self._handlers.get((namespace, event))
        result = handler(*arguments) if handler else None
        return await result if inspect.isawaitable(result) else result

    async def send(
        self, event: str, arguments: tuple[Any, ...], namespace: str, receipt: Receipt | None = None
    ) -> None:
        """Emit an event, and ask for an acknowledgement if there is a receipt.

        Raises
        ------
        LabError
            If JSON cannot express it, its name is reserved, or the namespace was not joined.
        """
        if event in RESERVED:
            raise LabError(
                f"{event!r} was not sent: Socket.IO keeps this name for itself, and a server may "
                "turn away who uses it (JavaScript's client refuses it, too). Choose another name."
            )
        joined = self._library.namespaces
        if namespace not in joined:
            raise LabError(
                f"{self._name} has not joined the namespace {namespace!r}, only "
                f"{', '.join(joined)}. Connect with `namespaces=[...]`."
            )
        try:
            # a tuple stands for several arguments: also for one None, which would else be none
            await self._library.emit(event, arguments, namespace=namespace, callback=receipt)
        except (TypeError, ValueError, RecursionError) as error:
            raise LabError(
                f"{event!r} was not sent: JSON cannot express its arguments ({error})."
            ) from error

    def waiting_for(self, namespace: str, number: int | None) -> Receipt | None:
        """Take the receipt that waits for an acknowledgement, None if there is none."""
        waiting = self._library.callbacks.get(namespace, {})
        receipt = waiting.pop(number, None) if number else None
        return receipt if isinstance(receipt, Receipt) else None
