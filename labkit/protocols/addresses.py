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


def parse_address(url: str) -> Address:
    """Return the parts of a ``ws://`` or ``http://`` address.

    Raises
    ------
    LabError
        If it is anything else; the text says what to write instead.

    Examples
    --------
    >>> parse_address("ws://127.0.0.1:8765/chat?room=1")
    Address(scheme='ws', host='127.0.0.1', port=8765, path='/chat?room=1')
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:  # a port above 65535, a bracket too few
        raise LabError(f"{url!r} is not an address: {error}.") from None
    if parts.scheme in ("wss", "https"):
        plain = {"wss": "ws", "https": "http"}[parts.scheme]
        raise LabError(
            f"{url!r} is encrypted (TLS): a link would see only ciphertext. "
            f"Use the server's {plain}:// address."
        )
    if parts.scheme not in STACKS or not parts.hostname:
        raise LabError(
            f"{url!r} is not a server address: one looks like `ws://127.0.0.1:8765/` for raw "
            "WebSocket, or `http://127.0.0.1:8765/` for Socket.IO."
        )
    if not _can_be_a_host(parts.hostname):
        raise LabError(f"{url!r} is not an address: {parts.hostname!r} cannot be a host's name.")
    if parts.fragment:
        raise LabError(f"{url!r} has a fragment (`#...`), which such an address may not have.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(parts.scheme, parts.hostname, 80 if port is None else port, path)


def _can_be_a_host(name: str) -> bool:
    """Whether a name can be looked up at all (its labels have 1 to 63 bytes each, RFC 1035)."""
    try:
        name.encode("idna")
    except UnicodeError:
        return False
    return name.isprintable() and " " not in name


def reachable(url: str) -> str:
    """Return an address with the loopback interface in place of a wildcard.

    Servers tell that they listen at ``0.0.0.0`` or ``[::]``: at every address of their machine.
    There is none of that name to connect to.

    Examples
    --------
    >>> reachable("ws://0.0.0.0:8765/chat")
    'ws://127.0.0.1:8765/chat'
    """
    for wildcard, loopback in (("//0.0.0.0", "//127.0.0.1"), ("//[::]", "//[::1]")):
        before, found, after = url.partition(wildcard)
        if found and before.endswith(":") and after[:1] in ("", ":", "/", "?"):
            return before + loopback + after
    return url


def with_scheme(url: str, scheme: str) -> str:
    """Return an address with another scheme.

    Examples
    --------
    >>> with_scheme("http://127.0.0.1:8765/", "ws")
    'ws://127.0.0.1:8765/'
    """
    return scheme + url[url.index("://") :]


def netloc(host: str, port: int) -> str:
    """Return host and port as they stand in an address and in a Host header.

    Examples
    --------
    >>> netloc("::1", 8765)
    '[::1]:8765'
    """
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
