"""A request as labkit's servers make it: its answer gets security headers, whoever gives it."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from labkit.protocols.security_headers import add_security_headers


class Request(web.Request):
    """A request to an application, or what aiohttp answers by itself because it is none."""

    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        await super()._prepare_hook(response)
        add_security_headers(response.status, response.headers)


def protect_answers(library: web.Server) -> None:
    """Let a server of aiohttp's make such requests. Call it before it listens."""
    library.request_factory = partial(library.request_factory, _cls=Request)  # type: ignore[call-arg]
