"""The chat page: the real JavaScript client if it was installed, a hand-made one if not.

`start.py` installs the npm package `socket.io-client` where Node is there; nothing is ever fetched
from elsewhere while a page is shown. All addresses in the page are relative, so that it also works
behind a path prefix, and through a link.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from aiohttp import web

BUNDLE = (
    Path(__file__).resolve().parents[3]
    / "node_modules"
    / "socket.io-client"
    / "dist"
    / "socket.io.min.js"
)
"""Where npm puts the client, in the folder of the course."""

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def add_page(app: web.Application) -> None:
    """Let an application answer ``GET /`` with the page, and the page's script."""
    app.router.add_get("/", _page)
    app.router.add_get("/socket.io.min.js", _script)


async def _page(request: web.Request) -> web.Response:
    html = files("labkit.transports.socketio").joinpath("page.html").read_text("utf-8")
    return web.Response(text=html, content_type="text/html", headers=HEADERS)


async def _script(request: web.Request) -> web.StreamResponse:
    if not BUNDLE.exists():
        return web.Response(text="", content_type="text/javascript", headers=HEADERS)
    return web.FileResponse(BUNDLE, headers=HEADERS)
