"""The chat page of a server that aiohttp serves, and the names that pages ask for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web

from labkit.transports.contract import Connection
from labkit.transports.page_key import answer_name
from labkit.transports.pages import PAGE_HEADERS, chat_page, chat_page_headers, on_server


def page_handler(
    name: str, find: Callable[[str], Connection | None], folder: str, *libraries: str
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return the handler of ``GET /``.

    Parameters
    ----------
    name
        The server's name.
    find
        Returns the connection of a page's key.
    folder, libraries
        As `chat_page` takes them.
    """

    async def answer(request: web.Request) -> web.Response:
        told = answer_name(request.path_qs.partition("?")[2], find)
        if told is None:
            text = on_server(chat_page(folder, *libraries), name)
            return web.Response(text=text, headers=chat_page_headers(folder, *libraries))
        if told.status is HTTPStatus.OK:
            kind = "application/json"
            return web.Response(text=told.text, content_type=kind, headers=PAGE_HEADERS)
        is_wrong = told.status is HTTPStatus.BAD_REQUEST
        raise (web.HTTPBadRequest if is_wrong else web.HTTPNotFound)(text=told.text)

    return answer
