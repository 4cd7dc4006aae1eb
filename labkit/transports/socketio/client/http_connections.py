"""The HTTP connections of a Socket.IO client: their ports, and limits on what a server may send.

The server may be anyone's. It cannot redirect a client past its link, and a body is bounded, also
after unpacking.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable
from typing import Any

import aiohttp

from labkit.sockets.dialled_sockets import DialledSockets
from labkit.transports.answers import HttpAnswer
from labkit.transports.settings import MAX_BODY

_DEEP = re.compile(rb"\x1e.[\[{][^\x1e]{1000}", re.DOTALL)
"""A packet of long JSON. Messages of Socket.IO have a digit before theirs, and are not meant."""


class _Response(aiohttp.ClientResponse):
    """A response whose body is read only up to `MAX_BODY`; aiohttp unpacks it in steps.

    If it cannot be read it raises ValueError, which the library's loop expects.
    """

    _whole: bytes | None = None

    async def read(self) -> bytes:
        """Return the body. Raises ValueError if it is too long, cut off, or nested too deeply."""
        if self._whole is None:
            body = bytearray()
            try:
                while chunk := await self.content.readany():
                    body += chunk
                    if len(body) > MAX_BODY:
                        raise ValueError(f"a body of more than {MAX_BODY >> 20} MiB")
                if _DEEP.search(b"\x1e" + body):
                    raise ValueError("a packet of JSON that may be nested too deeply")
            except aiohttp.ClientError as error:
                self.close()
                raise ValueError(f"the body cannot be read: {error}") from error
            except BaseException:
                self.close()
                raise
            self._whole = bytes(body)
        return self._whole


class HttpConnections:
    """The HTTP connections of one client.

    Parameters
    ----------
    host
        The Host header of its requests: the server behind the link, not the link.
    websocket_class
        The class of their WebSockets.
    is_opening
        Returns whether the server has not accepted the client yet; later failures may be the
        upgrade's.

    Attributes
    ----------
    sockets
        Their sockets.
    answer
        The server's answer when it turned the last attempt away.
    websocket
        The last WebSocket, None without one.
    how_far
        How far the last attempt's first request came, as a sentence without its end.
    """

    def __init__(
        self,
        host: str,
        websocket_class: type[aiohttp.ClientWebSocketResponse],
        is_opening: Callable[[], bool],
    ) -> None:
        self._host = host
        self._websocket_class = websocket_class
        self._is_opening = is_opening
        self.sockets = DialledSockets()
        self._made: list[aiohttp.ClientSession] = []
        self.websocket: Any = None
        self._responses: list[_Response] = []
        self.answer: HttpAnswer | None = None
        self.how_far = ""
        self._answers = aiohttp.TraceConfig()
        self._answers.on_connection_create_end.append(self._connected)
        self._answers.on_request_headers_sent.append(self._sent)
        self._answers.on_request_end.append(self._answered)
        self._answers.on_request_redirect.append(self._redirected)

    def begin(self) -> None:
        """Prepare for a new attempt to connect."""
        self.answer = None
        self.how_far = "there is no TCP connection"
        self.sockets.is_hung_up = False

    def make_session(self) -> aiohttp.ClientSession:
        """Return a new session; the library needs one whenever the last one is closed."""
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(socket_factory=self.sockets.make),
            headers={"Host": self._host},
            response_class=self._response,  # type: ignore[arg-type]
            ws_response_class=self._websocket,  # type: ignore[arg-type]
            trace_configs=[self._answers],
        )
        self._made[:] = [known for known in self._made if not known.closed]
        self._made.append(session)
        return session

    async def close(self) -> None:
        """Close what is open: the library forgets a silent WebSocket, and a 101 response."""
        if self.websocket is not None and not self.websocket.closed:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    await self.websocket.close()
        for response in self._responses:
            response.close()
        self._responses.clear()
        for session in self._made:  # the library may have made one more than it closes
            await session.close()
        self._made.clear()

    async def _connected(self, session: object, context: object, end: Any) -> None:
        self.how_far = "TCP is connected, but the request was not sent"

    async def _sent(self, session: object, context: object, sent: Any) -> None:
        self.how_far = "TCP is connected and the request was sent, but no open packet came"

    async def _answered(self, session: object, context: object, end: Any) -> None:
        """Keep the answer of a server that turns this client away; the library drops its text."""
        got: aiohttp.ClientResponse = end.response
        if got.status >= 300 and self._is_opening():
            body = b""
            with contextlib.suppress(ValueError):
                body = await got.read()
            self.answer = HttpAnswer.of(got.status, got.headers, body)

    async def _redirected(self, session: object, context: object, sent: Any) -> None:
        """Refuse a redirect: aiohttp would follow it past the link."""
        got: aiohttp.ClientResponse = sent.response
        answer = HttpAnswer.of(got.status, got.headers, b"")
        if self._is_opening():
            self.answer = answer
        raise aiohttp.ClientConnectionError(f"{answer}")

    def _response(self, *arguments: Any, **options: Any) -> _Response:
        made = _Response(*arguments, **options)
        self._responses[:] = [known for known in self._responses if not known.closed]
        self._responses.append(made)
        return made

    def _websocket(self, *arguments: Any, **options: Any) -> aiohttp.ClientWebSocketResponse:
        self.websocket = made = self._websocket_class(*arguments, **options)
        return made
