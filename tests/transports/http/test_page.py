"""The handler of the chat page of a server that aiohttp serves."""

from __future__ import annotations

from types import ModuleType

import aiohttp
from aiohttp import web

from labkit.transports.contract import Connection
from labkit.transports.http.page import page_handler
from labkit.transports.pages import chat_page_headers

KEY = "0123456789abcdef"


async def test_the_page_and_a_name_have_one_address(lab: ModuleType) -> None:
    """Without a key it is the page, with whatever else the query says; with one it is the name."""

    def find(key: str) -> Connection | None:
        return Connection(4, "guest 4", 0.0, None) if key == KEY else None

    app = web.Application()
    app.router.add_get("/", page_handler("mine", find, "poll"))
    server = await lab.serve(app)
    answers = []
    async with aiohttp.ClientSession() as http:
        for query in ("", "?page=2", f"?a=1&labkit-page={KEY}", f"?labkit-page={KEY[::-1]}"):
            async with http.get(f"{server.page}{query}") as answer:
                policy = answer.headers.get("Content-Security-Policy", "")
                answers.append((answer.status, await answer.text(), policy))
    page, same, name, unknown = answers
    assert page == same and page[0] == 200 and "<h1>Chat on mine</h1>" in page[1]
    assert page[2] == chat_page_headers("poll")["Content-Security-Policy"]
    assert name[:2] == (200, '{"name": "guest 4"}')
    assert unknown[:2] == (404, "No connection has this key.")
