"""The chat page: the real JavaScript client if it was installed, a hand-made one if not.

`start.py` installs the npm package `socket.io-client` where Node is there; nothing is ever fetched
from elsewhere while a page is shown. All addresses in the page are relative, so that it also works
behind a path prefix, and through a link.
"""

from __future__ import annotations

from functools import partial
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

PARTS = {
    "/": ("page.html", "text/html"),
    "/page.js": ("page.js", "text/javascript"),
    "/by_hand.js": ("by_hand.js", "text/javascript"),
}
"""What the page is made of: the path of each part, its file, and its type."""

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def add_page(app: web.Application) -> None:
    """Let an application answer ``GET /`` with the page, and serve the page's scripts."""
    for path, (name, kind) in PARTS.items():
        app.router.add_get(path, partial(_part, name, kind))
    app.router.add_get("/socket.io.min.js", _client)


async def _part(name: str, kind: str, request: web.Request) -> web.Response:
    text = files("labkit.transports.socketio").joinpath(name).read_text("utf-8")
    return web.Response(text=text, content_type=kind, headers=HEADERS)


async def _client(request: web.Request) -> web.StreamResponse:
    headers = {**HEADERS, "Content-Type": "text/javascript; charset=utf-8"}  # Windows guesses wrong
    if not BUNDLE.exists():
        return web.Response(headers=headers)
    return web.FileResponse(BUNDLE, headers=headers)
