"""aiohttp's server with hooks, which protect each answer."""

from __future__ import annotations

from types import ModuleType

from aiohttp import ClientSession, web

from labkit.transports.http.aiohttp_server import Request


async def test_an_application_gets_such_requests(lab: ModuleType) -> None:
    """Whatever a handler answers is protected, and for the handler it is a request as ever."""
    seen: list[web.Request] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request)
        return web.json_response(dict(request.query))

    app = web.Application()
    app.router.add_get("/", handler)
    server = await lab.serve(app)
    async with ClientSession() as session, session.get(f"{server.url}?a=1") as answer:
        assert await answer.json() == {"a": "1"}
        assert answer.headers["X-Frame-Options"] == "DENY"
    assert isinstance(seen[0], Request)


async def test_no_answer_names_the_versions(lab: ModuleType) -> None:
    """An answer names no version of Python or aiohttp, and keeps a handler's own Server header."""

    async def handler(request: web.Request) -> web.Response:
        return web.Response(headers={"Server": "mine"})

    app = web.Application()
    app.router.add_get("/", handler)
    server = await lab.serve(app)
    async with ClientSession() as session:
        for path, told in {"": "mine", "nothing": None}.items():
            async with session.get(f"{server.url}{path}") as answer:
                assert answer.headers.get("Server") == told


async def test_a_body_that_was_read_before(lab: ModuleType) -> None:
    """It is then the request's content, all of it; aiohttp's debug mode warns of no attribute."""

    async def handler(request: web.Request) -> web.Response:
        assert isinstance(request, Request)
        unread = request.content
        await request.prepare_whole_body(9)
        assert unread.at_eof() and request.content is not unread
        return web.Response(body=await request.content.read(0))

    app = web.Application()
    app.router.add_post("/", handler)
    server = await lab.serve(app)
    async with ClientSession() as session:
        for body, told in {b"123456789": 200, b"1234567890": 413}.items():
            async with session.post(server.url, data=body) as answer:
                assert answer.status == told
                assert told != 200 or await answer.read() == body
    assert vars(Request).keys() & Request.ATTRS == {"whole_body"}
