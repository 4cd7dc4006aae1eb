"""The chat page, with the real JavaScript client if it is installed, otherwise labkit's own.

`start.py` installs the npm package `socket.io-client` if Node is there; the page itself never
fetches anything from elsewhere. All its addresses are relative, so that it also works behind a path
prefix and through a link.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from labkit.transports.contract import Connection
from labkit.transports.http.page import page_handler
from labkit.transports.pages import PAGE_HEADERS

_PACKAGE = Path(__file__).resolve().parents[3]
_PLACES = [
    root / "node_modules" / "socket.io-client" / "dist" / "socket.io.min.js"
    for root in (_PACKAGE.parent, _PACKAGE / "course")
]
BUNDLE = next((path for path in _PLACES if path.exists()), _PLACES[0])
"""The client as npm installs it in a clone, or the wheel's copy."""

SCRIPT = "socket.io.min.js"

_FOLDER = "socketio/page"

SCRIPT_PATHS = frozenset({f"/{SCRIPT}"})
"""The paths of the files that the page loads, which are public."""

# Windows guesses the type wrong
_JAVASCRIPT = {**PAGE_HEADERS, "Content-Type": "text/javascript; charset=utf-8"}


def add_page(app: web.Application, name: str, find: Callable[[str], Connection | None]) -> None:
    """Add the page of a server at ``/``, and its script, to an application.

    `find` returns the connection of a session id.
    """
    app.router.add_get("/", page_handler(name, find, _FOLDER, SCRIPT))
    app.router.add_get(f"/{SCRIPT}", _client)


async def _client(request: web.Request) -> web.StreamResponse:
    if not BUNDLE.exists():
        return web.Response(headers=_JAVASCRIPT)
    return web.FileResponse(BUNDLE, headers=_JAVASCRIPT)
