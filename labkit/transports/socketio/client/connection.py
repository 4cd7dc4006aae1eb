"""The connection of a Socket.IO client: connecting, coming back by itself, and closing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import socketio

from labkit.exceptions import Disconnected, LabError
from labkit.protocols.close_codes import CloseCode
from labkit.transports import contract
from labkit.transports.contract.expected import short_repr
from labkit.transports.contract.not_heard import reconnect_hint
from labkit.transports.socketio.client.async_client import AsyncClient
from labkit.transports.socketio.client.connect_errors import connect_error
from labkit.transports.socketio.options import client_options
from labkit.transports.socketio.packets import raise_packet_limit


class Connection:
    """The connection of one client, which goes through its states, over and over again.

    Parameters
    ----------
    client
        The client that has it: its state, its close code and its notes follow the connection.
    uri, transports, namespaces
        As for `Client`.
    requests
        What each attempt to connect sends besides: `auth`, `headers` and `socketio_path`.
    options
        Passed to the library's client.
    on_lifecycle
        Called with the name, namespace and arguments of each event about the connection itself:
        "connect", "connect_error" or "disconnect".

    Attributes
    ----------
    library
        The library's client.
    refused
        The data with which the server refused each namespace.
    """

    def __init__(
        self,
        client: contract.Client,
        uri: str,
        *,
        transports: list[str],
        namespaces: list[str],
        requests: dict[str, Any],
        options: dict[str, Any],
        on_lifecycle: Callable[..., None],
    ) -> None:
        self.name = client.name
        self.link = client.link
        self.uri = uri
        self.refused: dict[str, Any] = {}
        self.transports = transports
        self.namespaces = namespaces
        self._client = client
        self._requests = requests
        self._on_lifecycle = on_lifecycle
        self._attempt: asyncio.Timeout | None = None
        self._mishap = ""
        raise_packet_limit()
        self.library = AsyncClient(
            checked_netloc(uri),
            on_attempt=partial(client._enter, "connecting"),
            on_opened=client.changes.notify,
            on_unreadable=self._on_unreadable,
            on_reconnect_planned=self._on_reconnect_planned,
            on_gave_up=self._on_gave_up,
            **client_options(options),
        )
        self.library.on("connect", self._on_joined, namespace="*")
        self.library.on("connect_error", self._on_turned_away, namespace="*")
        self.library.on("disconnect", self._on_lost, namespace="*")

    @property
    def transport(self) -> str:
        """How messages travel now, or did before the end: "polling" or "websocket"."""
        return self.library.transport() or self.transports[0]

    @property
    def sid(self) -> str | None:
        """The session id in the first namespace, None without one."""
        sid: str | None = self.library.get_sid(self.namespaces[0])
        return sid

    @property
    def joined_namespaces(self) -> list[str]:
        """The namespaces that it is in."""
        return [each for each in self.namespaces if self.library.get_sid(each)]

    async def open(self) -> None:
        """Connect, or reconnect at once. Raises ConnectError, which says what answers there."""
        await self.library.shutdown()  # ends attempts that wait for their delay
        self.refused.clear()
        self._mishap = ""
        query = urlsplit(self.uri).query
        connecting = asyncio.ensure_future(  # its own waits may lose a cancellation
            self.library.connect(
                f"http://{self.link.host}:{self.link.port}/" + (f"?{query}" if query else ""),
                transports=list(self.transports),
                namespaces=list(self.namespaces),
                **self._requests,
            )
        )
        try:
            async with asyncio.timeout(None) as self._attempt:
                await asyncio.wait({connecting})
            await connecting
        except (socketio.exceptions.ConnectionError, TimeoutError) as error:
            await self.library.drop(connecting)
            self._client._enter("closed", "could not connect")
            why = self._mishap or str(error)
            answer = self.library.http_connections.answer
            raise await connect_error(self, why, answer, self.library.how_far) from error
        except BaseException:
            await self.library.drop(connecting)
            self._client._enter("closed")
            raise
        finally:
            self._attempt = None

    async def close(self) -> None:
        """Send a disconnect packet in each namespace, then close; or stop trying to reconnect."""
        client = self._client
        if client.state == "open":
            client._enter("closing")
        await self.library.shutdown()
        await self.library.drop()
        if client.close_code is None and self.transport == "websocket":
            client.close_code = self._close_code()
        if client.state != "closed":  # it was not connected
            client._enter("closed", "closed")

    def check_open(self) -> None:
        """Raise Disconnected unless it is open."""
        client = self._client
        if client.state == "open":
            return
        raise Disconnected(
            f"{self.name} cannot say anything: the connection is {client.state}{client._with()}. "
            "Python's Socket.IO client keeps nothing for later (JavaScript's does), so the message "
            f"would be lost. To connect at once: {reconnect_hint(client)}."
        )

    def fail(self, why: str) -> bool:
        """End an attempt to connect that is under way; return whether there was one."""
        if self._client.state != "connecting" or self._attempt is None:
            return False
        self._mishap = why
        self._attempt.reschedule(asyncio.get_running_loop().time())
        return True

    # what the library reports

    def _on_reconnect_planned(self, until: float) -> None:
        self._client.retry_at = until
        self._client.attempt += 1
        self._client._enter("reconnecting")

    def _on_gave_up(self) -> None:
        if self._client.state in ("reconnecting", "connecting"):
            self._client._enter("closed", "closed: it does not try again")

    def _on_unreadable(self, why: str) -> None:
        told = f"the server sent an invalid packet: {short_repr(why)}"
        if not self.fail(told):
            self._client._note(told)

    async def _on_joined(self, namespace: str) -> None:
        if self.joined_namespaces == self.namespaces:
            self._client._enter_open(f" over {self.transport}")
        self._on_lifecycle("connect", namespace)

    async def _on_turned_away(self, namespace: str, data: Any = None) -> None:
        if self.library.is_open:  # the event comes for broken connections too
            self.refused[namespace] = data
        self._on_lifecycle("connect_error", namespace, data)

    async def _on_lost(self, namespace: str, reason: str) -> None:
        if self._client.state in ("open", "closing"):  # no other namespace has reported it
            self._leave(namespace, reason)
        self._on_lifecycle("disconnect", namespace, reason)

    def _leave(self, namespace: str, reason: str) -> None:
        client, library = self._client, self.library
        by_server = reason == library.reason.SERVER_DISCONNECT
        alive = library.is_open
        if by_server and alive and len(self.joined_namespaces) > 1:
            client._note(f"the server ended namespace {namespace}")
            client.changes.notify()
            return
        client.close_code, client.close_reason = self._close_code(), reason
        client.rooms = ()
        if library.reconnects and alive and not by_server:
            client._enter("reconnecting", f"lost: {reason}")
        else:
            client._enter("closed", f"closed: {reason}")

    def _close_code(self) -> CloseCode | None:
        """Return the close code of the WebSocket below, None if there is none."""
        code = self.library.websocket_close_code
        return None if code is None or self.transport == "polling" else CloseCode(code)


def checked_netloc(uri: str) -> str:
    """Return the host and port of an address. Raises LabError if it has a path."""
    parts = urlsplit(uri)
    if parts.path not in ("", "/"):
        raise LabError(
            f"{uri!r} has a path, which may mean two things. Omit it from the address, and pass a "
            f'namespace as `namespaces=["{parts.path}"]`, or the path of the endpoint as '
            f'`socketio_path="{parts.path.strip("/")}/socket.io"`.'
        )
    return parts.netloc
