"""Applications of aiohttp's, as learners write them."""

from __future__ import annotations

from aiohttp import WSMsgType, web

ROUTES = web.RouteTableDef()


@ROUTES.get("/")
async def hello(request: web.Request) -> web.Response:
    """Say hello."""
    return web.Response(text="hello")


@ROUTES.get("/broken")
async def broken(request: web.Request) -> web.Response:
    """Fail."""
    raise KeyError("broken")


@ROUTES.get("/conflict")
async def conflict(request: web.Request) -> web.Response:
    """Refuse."""
    raise web.HTTPConflict


@ROUTES.get("/ws")
async def echo(request: web.Request) -> web.WebSocketResponse:
    """Send back what comes."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            await socket.send_str(message.data)
    return socket


def an_app() -> web.Application:
    """Return an application with a page, a mistake, and a WebSocket."""
    app = web.Application()
    app.add_routes(ROUTES)
    return app
