"""Addresses of servers, as a learner types them."""

from __future__ import annotations

from urllib.parse import urlsplit

from labkit.exceptions import LabError


def parse(url: str) -> tuple[str, int, str]:
    """Return host, port and path (with query) of a ``ws://`` URL.

    Raises
    ------
    LabError
        If it is anything else; the text says what the scheme would mean.

    Examples
    --------
    >>> parse("ws://127.0.0.1:8765/chat?room=1")
    ('127.0.0.1', 8765, '/chat?room=1')
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise LabError(f"{url!r} is no address: the port is a number below 65536.") from None
    if parts.scheme in ("wss", "https"):
        raise LabError(
            f"{url!r} is encrypted (TLS): a link would see only ciphertext. "
            "Use the server's ws:// address."
        )
    if parts.scheme == "http":
        raise LabError(f"{url!r} begins with http://. Raw WebSocket is spoken at a ws:// address.")
    if parts.scheme != "ws" or not parts.hostname:
        raise LabError(
            f"{url!r} is no address of a WebSocket server: it looks like `ws://127.0.0.1:8765/`."
        )
    if parts.fragment:
        raise LabError(f"{url!r} has a fragment (`#...`), which a WebSocket address may not have.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.hostname, 80 if port is None else port, path
