"""A request as labkit's servers make it: its answer gets security headers, whoever gives it.

The WebSocket that it becomes is announced. (Both at the method of aiohttp's that calls an
application's signals, as a signal would make two coroutines more for each answer.)
"""

from __future__ import annotations

from functools import partial

from aiohttp import web
from multidict import CIMultiDict

from labkit.protocols.security_headers import SECURITY_HEADERS
from labkit.transports.http.sockets import announce_opened

_HEADERS = CIMultiDict(SECURITY_HEADERS)


class Request(web.Request):
    """A request to an application, or what aiohttp answers by itself because it is none."""

    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        await super()._prepare_hook(response)
        if response.status != 101:
            response.headers.merge(_HEADERS)  # those that the answer does not have
        elif isinstance(response, web.WebSocketResponse):
            announce_opened(self, response)


def protect_answers(library: web.Server) -> None:
    """Let a server of aiohttp's make such requests. Call it before it listens."""
    library.request_factory = partial(library.request_factory, _cls=Request)  # type: ignore[call-arg]
