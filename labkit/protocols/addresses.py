"""Addresses of servers, as a learner types them."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from labkit.exceptions import LabError

STACKS = {"ws": "raw WebSocket", "http": "Socket.IO"}
"""What is spoken at an address, by its scheme."""


class Address(NamedTuple):
    """An address, taken apart.

    Attributes
    ----------
    scheme
        "ws" (raw WebSocket) or "http" (Socket.IO).
    path
        With the query.
    """

    scheme: str
    host: str
    port: int
    path: str


def parse(url: str) -> Address:
    """Return the parts of a ``ws://`` or ``http://`` address.

    Raises
    ------
    LabError
        If it is anything else; the text says what to write instead.

    Examples
    --------
    >>> parse("ws://127.0.0.1:8765/chat?room=1")
    Address(scheme='ws', host='127.0.0.1', port=8765, path='/chat?room=1')
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise LabError(f"{url!r} is no address: the port is a number below 65536.") from None
    if parts.scheme in ("wss", "https"):
        plain = {"wss": "ws", "https": "http"}[parts.scheme]
        raise LabError(
            f"{url!r} is encrypted (TLS): a link would see only ciphertext. "
            f"Use the server's {plain}:// address."
        )
    if parts.scheme not in STACKS or not parts.hostname:
        raise LabError(
            f"{url!r} is no address of a server: it looks like `ws://127.0.0.1:8765/` for raw "
            "WebSocket, or `http://127.0.0.1:8765/` for Socket.IO."
        )
    if parts.fragment:
        raise LabError(f"{url!r} has a fragment (`#...`), which such an address may not have.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(parts.scheme, parts.hostname, 80 if port is None else port, path)
