"""The lifecycle of a Socket.IO client: connecting, reconnecting by itself, and closing."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

import socketio

from labkit.exceptions import LabError
from labkit.links import Link
from labkit.protocols.close_codes import CloseCode
from labkit.protocols.reasons import Reason
from labkit.transports import contract
from labkit.transports.contract.expected import short_repr
from labkit.transports.socketio.client.async_client import Callbacks
from labkit.transports.socketio.client.connect_errors import connect_error
from labkit.transports.socketio.options import (
    checked_namespaces,
    checked_transports,
    make_library_client,
)


class Life(contract.Client):
    """A client that connects and reconnects; `Client` adds what it sends.

    Attributes
    ----------
    refused
        The data with which the server refused each namespace.
    transports
        The transports to use, in the order in which they are tried.
    """

    protocol = "socketio"

    def __init__(
        self,
        name: str,
        link: Link,
        uri: str,
        *,
        transports: list[str] | str | None,
        namespaces: Collection[str] | str | None,
        auth: Any,
        socketio_path: str,
        headers: dict[str, str] | None,
        options: dict[str, Any],
    ) -> None:
        super().__init__(name, link)
        self.uri = uri
        self.refused: dict[str, Any] = {}
        self.transports = checked_transports(transports)
        self._namespaces = checked_namespaces(namespaces)
        self._auth = auth
        self._path = socketio_path
        self._headers = headers or {}
        self._mishap: asyncio.Future[str] | None = None
        callbacks = Callbacks(
            on_attempt=self._on_attempt,
            on_delay=self._on_delay,
            on_opened=self.changes.notify,
            on_unreadable=self._on_unreadable,
            on_gave_up=self._on_gave_up,
        )
        self._library = make_library_client(callbacks, uri, options)
        self._library.on("connect", self._joined, namespace="*")
        self._library.on("connect_error", self._turned_away, namespace="*")
        self._library.on("disconnect", self._lost, namespace="*")

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
        """How messages travel now, or did before the end: "polling" or "websocket"."""
        return self._library.transport() or self.transports[0]

    @property
    def sid(self) -> str | None:
        """Its session id in the first of its namespaces, None while it is not connected."""
        return self._library.get_sid(self._namespaces[0]) if self._state == "open" else None

    @property
    def ending(self) -> Reason | None:
        """The disconnect reason of the last connection, None if it has not ended."""
        return Reason(self.close_reason) if self.close_reason else None

    # connecting

    async def _open(self) -> None:
        """Connect, or reconnect at once. Raises ConnectError, which says what answers there."""
        await self._library.shutdown()  # ends attempts that wait for their delay
        self._mishap = mishap = asyncio.get_running_loop().create_future()
        self.refused.clear()
        query = urlsplit(self.uri).query
        url = f"http://{self.link.host}:{self.link.port}/" + (f"?{query}" if query else "")
        connecting = asyncio.ensure_future(
            self._library.connect(
                url,
                headers=dict(self._headers),
                auth=self._auth,
                transports=list(self.transports),
                namespaces=list(self._namespaces),
                socketio_path=self._path,
            )
        )
        try:
            first: set[asyncio.Future[Any]] = {connecting, mishap}
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            if mishap.done():
                raise socketio.exceptions.ConnectionError(mishap.result())
            await connecting
        except socketio.exceptions.ConnectionError as error:
            self._enter("closed", "could not connect")
            library = self._library
            raise await connect_error(self, error, library.answer, library.how_far) from error
        except BaseException:
            self._enter("closed")
            raise
        finally:
            self._mishap = None
            if not connecting.done():
                connecting.cancel()
                await asyncio.wait({connecting}, timeout=1)
                await self._library.drop()
            if connecting.done() and not connecting.cancelled():
                connecting.exception()  # retrieved: the bench may have reported the reason first

    def _check_close(self, code: int, reason: str) -> None:
        """Raise LabError if a code or a reason is given: Socket.IO cannot send them."""
        if code != 1000 or reason:
            raise LabError("Socket.IO sends no close code and no close reason. Omit them.")

    async def _close(self, code: int, reason: str) -> None:
        """Send a disconnect packet in each namespace, then close; or stop trying to reconnect."""
        if self._state == "open":
            self._enter("closing")
        await self._library.shutdown()
        await self._library.drop()
        if self.close_code is None and self.transport == "websocket":
            self.close_code = self._code()
        if self.state != "closed":  # it was not connected
            self._enter("closed", "closed")

    # what the library reports

    def _on_attempt(self) -> None:
        self._enter("connecting")

    def _on_delay(self, until: float) -> None:
        self.retry_at = until
        self.attempt += 1
        self._enter("reconnecting")

    def _on_gave_up(self) -> None:
        if self._state in ("reconnecting", "connecting"):
            self._enter("closed", "closed: it does not try again")

    def _on_unreadable(self, why: str) -> None:
        told = f"the server sent an invalid packet: {short_repr(why)}"
        if not self._fail_to_connect(told):
            self._note(told)

    async def _joined(self, namespace: str) -> None:
        if set(self._namespaces) <= set(self._library.joined_namespaces):
            self._enter_open(f" over {self.transport}")

    async def _turned_away(self, namespace: str, data: Any = None) -> None:
        if self._library.is_open:  # the event comes for broken connections too
            self.refused[namespace] = data

    async def _lost(self, namespace: str, reason: str) -> None:
        library = self._library
        if self._state not in ("open", "closing"):
            return  # another namespace has reported it
        by_server = reason == library.reason.SERVER_DISCONNECT
        alive = library.is_open
        if by_server and alive and len(library.joined_namespaces) > 1:
            self._note(f"the server ended namespace {namespace}")
            self.changes.notify()
            return
        self.close_code, self.close_reason = self._code(), reason
        self.rooms = ()
        if library.reconnects and alive and not by_server:
            self._enter("reconnecting", f"lost: {reason}")
        else:
            self._enter("closed", f"closed: {reason}")

    def _code(self) -> CloseCode | None:
        """Return the close code of the WebSocket below, None if there is none."""
        code = self._library.websocket_close_code
        return None if code is None or self.transport == "polling" else CloseCode(code)

    def _fail_to_connect(self, why: str) -> bool:
        """End an attempt to connect that is under way; return whether there was one."""
        pending = self._state == "connecting" and self._mishap and not self._mishap.done()
        if pending and self._mishap:
            self._mishap.set_result(why)
        return bool(pending)
