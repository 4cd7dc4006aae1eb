"""The chat page, with the real JavaScript client if it is installed, otherwise labkit's own.

`start.py` installs the npm package `socket.io-client` if Node is there; the page itself never
fetches anything from elsewhere. All its addresses are relative, so that it also works behind a path
prefix and through a link.
"""

from __future__ import annotations

from functools import partial
from importlib.resources import files
from pathlib import Path

from aiohttp import web

from labkit.transports.pages import PAGE_HEADERS, chat_page, chat_page_headers

_PACKAGE = Path(__file__).resolve().parents[2]
_PLACES = [
    root / "node_modules" / "socket.io-client" / "dist" / "socket.io.min.js"
    for root in (_PACKAGE.parent, _PACKAGE / "course")
]
BUNDLE = next((path for path in _PLACES if path.exists()), _PLACES[0])
"""The client as npm installs it in a clone, or the wheel's copy."""

SCRIPTS = ("page.js", "by_hand.js")

SCRIPT_PATHS = frozenset({"/socket.io.min.js", *(f"/{name}" for name in SCRIPTS)})
"""The paths of the files that the page loads, which are public."""

_JAVASCRIPT = {
    **PAGE_HEADERS,
    "Content-Type": "text/javascript; charset=utf-8",
}  # Windows guesses wrong


def add_page(app: web.Application) -> None:
    """Add the page at ``/`` and its scripts to an application."""
    app.router.add_get("/", _page)
    for name in SCRIPTS:
        app.router.add_get(f"/{name}", partial(_script, name))
    app.router.add_get("/socket.io.min.js", _client)


async def _page(request: web.Request) -> web.Response:
    return web.Response(text=chat_page("socketio"), headers=chat_page_headers("socketio"))


async def _script(name: str, request: web.Request) -> web.Response:
    text = files("labkit.transports.socketio").joinpath(name).read_text("utf-8")
    return web.Response(text=text, headers=_JAVASCRIPT)


async def _client(request: web.Request) -> web.StreamResponse:
    if not BUNDLE.exists():
        return web.Response(headers=_JAVASCRIPT)
    return web.FileResponse(BUNDLE, headers=_JAVASCRIPT)
