"""aiohttp's server, with hooks at each connection, request, answer and WebSocket.

aiohttp has signals for an application, but none for connections, nor for requests that reach no
application, such as malformed ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, ClassVar, Protocol

from aiohttp import web
from aiohttp.hdrs import SERVER
from aiohttp.http_exceptions import HttpProcessingError
from multidict import CIMultiDict

from labkit.protocols.security_headers import SECURITY_HEADERS
from labkit.transports.http.whole_body import WholeBody, read_whole_body

Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

_HEADERS = CIMultiDict(SECURITY_HEADERS)


class Hooks(Protocol):
    """The functions that are called."""

    def on_connected(self, connection: web.RequestHandler, transport: asyncio.Transport) -> None:
        """Handle a new connection."""

    def on_disconnected(self, connection: web.RequestHandler) -> None:
        """Handle the end of a connection."""

    async def answer_or_refuse(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request."""

    def on_websocket_opened(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        """Handle a WebSocket that the application has accepted."""


class Request(web.Request):
    """A request to an application, or a malformed one that aiohttp answers by itself.

    Each answer gets security headers, and loses the header in which aiohttp names its version and
    Python's. (In the method of aiohttp that calls an application's signals, because a signal would
    make two more coroutines for each answer.)
    """

    hooks: ClassVar[Hooks]
    ATTRS = web.Request.ATTRS | {"whole_body"}
    whole_body: WholeBody | None = None

    @property
    def content(self) -> Any:
        """The body as it comes, or the whole body if it was read before."""
        return self.whole_body or super().content

    async def prepare_whole_body(self, most: int) -> None:
        """Let `content` be the whole body. Raises as `read_whole_body` does."""
        self.whole_body = WholeBody(await read_whole_body(self, most))

    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        await super()._prepare_hook(response)
        if response.status != 101:
            headers = response.headers
            headers.merge(_HEADERS)  # adds only headers that the answer lacks
            if " aiohttp/" in headers.get(SERVER, ""):
                del headers[SERVER]
        elif isinstance(response, web.WebSocketResponse):
            self.hooks.on_websocket_opened(self, response)


def add_hooks(library: web.Server, hooks: Hooks) -> Answer:
    """Add hooks to a server that does not listen yet; return what answers for its application."""

    def connection_made(handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        web.Server.connection_made(library, handler, transport)
        hooks.on_connected(handler, transport)

    def connection_lost(handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        web.Server.connection_lost(library, handler, exc)
        hooks.on_disconnected(handler)

    answer = library.request_handler
    kind = type("Request", (Request,), {"hooks": hooks})
    library.request_factory = partial(library.request_factory, _cls=kind)  # type: ignore[call-arg]
    library.request_handler = hooks.answer_or_refuse
    library.connection_made = connection_made  # type: ignore[method-assign]
    library.connection_lost = connection_lost  # type: ignore[method-assign]
    return answer


def connection_of(request: web.BaseRequest) -> web.RequestHandler:
    """Return the connection of a request, which is the same object for all of its requests."""
    return request.protocol


def task_of(request: web.BaseRequest) -> asyncio.Task[None]:
    """Return the task of a request's connection, which may outlast the answer."""
    return request.task


def why_malformed(error: BaseException) -> str:
    """Return why a request is not HTTP, "" if an error is about something else."""
    return error.message.partition("\n")[0] if isinstance(error, HttpProcessingError) else ""
