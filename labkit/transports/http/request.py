"""The request class of labkit's servers, which adds security headers to each answer.

It takes away the header in which aiohttp names its version and Python's, and announces a WebSocket
that the request becomes. (All in the method of aiohttp that calls an application's signals, because
a signal would make two more coroutines for each answer.)
"""

from __future__ import annotations

from functools import partial

from aiohttp import web
from aiohttp.hdrs import SERVER
from aiohttp.http import SERVER_SOFTWARE
from multidict import CIMultiDict

from labkit.protocols.security_headers import SECURITY_HEADERS
from labkit.transports.http.sockets import announce_opened

_HEADERS = CIMultiDict(SECURITY_HEADERS)


class Request(web.Request):
    """A request to an application, or a malformed one that aiohttp answers by itself."""

    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        await super()._prepare_hook(response)
        if response.status != 101:
            headers = response.headers
            headers.merge(_HEADERS)  # adds only headers that the answer lacks
            if headers.get(SERVER) == SERVER_SOFTWARE:
                del headers[SERVER]
        elif isinstance(response, web.WebSocketResponse):
            announce_opened(self, response)


def protect_answers(library: web.Server) -> None:
    """Make an aiohttp server use this request class. Call it before the server listens."""
    library.request_factory = partial(library.request_factory, _cls=Request)  # type: ignore[call-arg]
