"""The requests of one client, with the library `aiohttp`: over its link, each of them bounded."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import socket
from collections.abc import AsyncIterator, Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp

from labkit.clock import clock
from labkit.links import Link
from labkit.transports.answers import HttpAnswer
from labkit.transports.http.chat.client.failed_request import Failed, refused
from labkit.transports.settings import CLOSE_TIMEOUT, HEARTBEAT, MAX_BODY


class Requests:
    """Requests to a server behind a link.

    Parameters
    ----------
    link
        The link to dial.
    uri
        The address of the server, which is sent as Host; its path and query are the base of each
        request's.

    Attributes
    ----------
    how_far
        How far the last one came that dialled, as a sentence without its end.
    """

    def __init__(self, link: Link, uri: str) -> None:
        parts = urlsplit(uri)
        self._link = link
        self._host = parts.netloc
        self._base = parts.path.rpartition("/")[0]
        self._query = parts.query
        self._sockets: list[socket.socket] = []
        self.how_far = "there is no TCP connection"
        traces = aiohttp.TraceConfig()
        traces.on_connection_create_end.append(self._on_connected)
        traces.on_request_headers_sent.append(self._on_sent)
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(socket_factory=self._socket),
            headers={"Host": self._host},
            timeout=aiohttp.ClientTimeout(),  # each request has its own
            trace_configs=[traces],
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    @property
    def local_ports(self) -> set[int]:
        """The ports from which they dial."""
        return {each.getsockname()[1] for each in self._sockets if each.fileno() >= 0}

    async def close(self) -> None:
        """End every request, and close the connections."""
        await self.session.close()

    async def fetch(self, path: str, query: Mapping[str, object], within: float) -> Any:
        """GET something, and return the JSON in the answer; None for 204.

        Parameters
        ----------
        path, query
            What to ask for, without the base.
        within
            Seconds (scaled already) until the answer must be there.

        Raises
        ------
        Failed
            If there is no answer, or another one.
        """
        async with self._request("GET", path, query, within) as response:
            body = await _read(response)
            if response.status == 204:
                return None
            kind = response.content_type
            if kind != "application/json":
                why = f"the answer is {kind}, not JSON"
                raise Failed("transport error", why, _answer(response, body))
        try:
            content = json.loads(body)
            if content is None:  # which would mean that nothing is new
                raise ValueError
        except (ValueError, RecursionError):
            raise Failed(
                "transport error", "the answer is not JSON for a chat", _answer(response, body)
            ) from None
        return content

    async def send(
        self,
        method: str,
        path: str,
        query: Mapping[str, object],
        data: str | bytes | None = None,
        within: float = HEARTBEAT,
    ) -> None:
        """POST or DELETE something, which is answered with 204. Raises Failed, as `fetch` does."""
        kind = "text/plain; charset=utf-8" if isinstance(data, str) else "application/octet-stream"
        said = data.encode() if isinstance(data, str) else data
        async with self._request(
            method,
            path,
            query,
            clock.seconds(within),
            data=None
            if said is None
            else io.BytesIO(said),  # of bytes, aiohttp wants 1 MiB at most
            headers={} if data is None else {"Content-Type": kind},
        ) as response:
            body = await _read(response)
            if response.status != 204:  # a page in place of the server: nobody took what was said
                answer = _answer(response, body)
                why = f"the answer is {answer.status_line}, not 204"
                raise Failed("transport error", why, answer)

    @contextlib.asynccontextmanager
    async def stream(
        self, path: str, query: Mapping[str, object], headers: Mapping[str, str], silence: float
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """GET an answer that does not end, and give its pieces as they come.

        Parameters
        ----------
        path, query, headers
            What to ask for.
        silence
            Seconds (scaled already) without a byte after which it counts as broken.
        """
        async with self._request(
            "GET", path, query, None, headers=headers, first=silence
        ) as response:
            kind = response.content_type
            if kind != headers["Accept"]:
                answer = _answer(response, b"")
                raise Failed(
                    "transport error", f"the answer is {kind}, not an event stream", answer
                )
            yield _pieces(response, silence)

    async def open_websocket(
        self, path: str, query: Mapping[str, object], within: float
    ) -> aiohttp.ClientWebSocketResponse:
        """Open a WebSocket.

        Parameters
        ----------
        path, query
            What to ask for.
        within
            Seconds (scaled already) until the answer must be there.

        Raises
        ------
        Failed
            If it is refused, or there is no answer.
        """
        try:
            async with asyncio.timeout(within):
                return await self.session.ws_connect(
                    self._url(path, query),
                    timeout=aiohttp.ClientWSTimeout(ws_close=clock.seconds(CLOSE_TIMEOUT)),
                    max_msg_size=MAX_BODY,
                )
        except TimeoutError:
            raise Failed("ping timeout", "no answer came in time") from None
        except aiohttp.WSServerHandshakeError as error:
            answer = HttpAnswer.of(error.status, error.headers or {}, b"")
            why = f"the upgrade was answered with {answer.status_line}"
            raise Failed("transport error", why, answer) from error
        except (aiohttp.ClientError, OSError) as error:
            raise Failed("transport error", _describe(error)) from error

    @contextlib.asynccontextmanager
    async def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, object],
        within: float | None,
        *,
        first: float | None = None,
        **options: Any,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        url = self._url(path, query)
        try:
            async with asyncio.timeout(within):
                async with asyncio.timeout(first):
                    response = await self.session.request(
                        method, url, allow_redirects=False, **options
                    )
                async with response:
                    if response.status not in (200, 204):
                        raise refused(_answer(response, await _read(response)))
                    yield response
        except TimeoutError:
            why = "the stream was silent" if within is None else "no answer came in time"
            raise Failed("ping timeout", why) from None
        except (aiohttp.ClientError, OSError) as error:
            raise Failed("transport error", _describe(error)) from error

    def _url(self, path: str, query: Mapping[str, object]) -> str:
        asked = "&".join(filter(None, [urlencode(query), self._query]))
        return f"http://{self._link.host}:{self._link.port}{self._base}{path}?{asked}"

    async def _on_connected(self, session: object, context: object, end: object) -> None:
        self.how_far = "TCP is connected, but the request was not sent"

    async def _on_sent(self, session: object, context: SimpleNamespace, sent: object) -> None:
        """Refuse to send a request twice: aiohttp repeats a GET, and a cut would stay unseen."""
        if vars(context).setdefault("sent", sent) is not sent:
            raise aiohttp.ClientConnectionError
        self.how_far = "TCP is connected and the request was sent, but no complete answer came"

    def _socket(self, address: Any) -> socket.socket:
        self.how_far = "there is no TCP connection"
        family, kind, protocol, _, _ = address
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        self._sockets[:] = [each for each in self._sockets if each.fileno() >= 0]
        self._sockets.append(made)
        return made


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Return the body. Raises Failed if it is too long."""
    body = bytearray()
    while chunk := await response.content.readany():
        body += chunk
        if len(body) > MAX_BODY:
            response.close()
            raise Failed("transport error", f"the answer has more than {MAX_BODY >> 20} MiB")
    return bytes(body)


async def _pieces(response: aiohttp.ClientResponse, silence: float) -> AsyncIterator[bytes]:
    while True:
        async with asyncio.timeout(silence):
            piece = await response.content.readany()
        if not piece:
            raise Failed("transport close", "the server ended the stream")
        yield piece


def _answer(response: aiohttp.ClientResponse, body: bytes) -> HttpAnswer:
    return HttpAnswer.of(response.status, response.headers, body)


def _describe(error: BaseException) -> str:
    """Return in words why there was no answer: aiohttp's own words name the link's address."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return "nothing accepts the connection"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "the answer broke off"
    return "the connection broke"
