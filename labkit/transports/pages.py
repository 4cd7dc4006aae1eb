"""The chat pages of the servers: each transport has its own, and all have one look."""

from __future__ import annotations

from importlib.resources import files

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""Of every answer that is a page, or a part of one."""

_PLACE = "<style></style>"


def page(transport: str) -> str:
    """Return the page of a transport, with the common look in it.

    Parameters
    ----------
    transport
        The package of `labkit.transports` that holds the page.

    Examples
    --------
    >>> "height: 100dvh" in page("websocket")
    True
    """
    here = files("labkit.transports")
    look = here.joinpath("page.css").read_text("utf-8")
    text = here.joinpath(transport, "page.html").read_text("utf-8")
    return text.replace(_PLACE, f"<style>\n{look}</style>", 1)
