"""Secrets in the head of an HTTP message, hidden before they reach a view or a file.

Browsers send the cookies of a name to each of its ports, so Jupyter's login crosses every link that
is opened under Jupyter's own name; and what is shown is stored in notebooks, and passed on. Each
byte of a secret becomes an asterisk, so that lengths and places stay true. Names of cookies, the
scheme of an Authorization and the attributes of a Set-Cookie stay: they are what there is to learn.
So do the first four digits of a client's id in the chats over HTTP: enough to tell two clients
apart, while nobody can guess the other twelve.
"""

from __future__ import annotations

import re
from dataclasses import replace

from labkit.protocols.http1 import HttpMessage

SECRET_HEADERS = ("cookie", "set-cookie", "authorization", "proxy-authorization")
"""Headers with secrets, in lower case."""

SECRET_PARAMETERS = (
    "token",
    "access_token",
    "id_token",
    "refresh_token",
    "auth_token",
    "api_key",
    "apikey",
    "password",
    "secret",
    "_xsrf",
)
"""Parameters of a query with secrets: labkit's own, and those that others use."""

PAGE_KEY_PARAMETER = "labkit-page"
"""The parameter in which a chat page states the key of its connection, often a client's id."""

_HEADER = re.compile(
    rf"^({'|'.join(SECRET_HEADERS)})([ \t]*:)((?:[^\r\n]|\r?\n[ \t])*)".encode(),
    re.IGNORECASE | re.MULTILINE,
)
_PARAMETER = re.compile(
    rf"([?&](?:{'|'.join(SECRET_PARAMETERS)})=)([^&;#\s]+)".encode(), re.IGNORECASE
)
_CLIENT = re.compile(
    rf"([?&](?:client|{PAGE_KEY_PARAMETER})=[0-9a-f]{{4}}|/clients/[0-9a-f]{{4}})"
    r"([0-9a-f]{12})(?![^?&#\s])".encode()
)
_COOKIE = re.compile(rb"([^;=]*=)?([^;]*)")
_SCHEME = re.compile(rb"(\s*\S+\s+(?=\S))?(.*)", re.DOTALL)


def redact(message: HttpMessage) -> HttpMessage:
    """Return a message whose head holds no secrets; `redacted` says whether there were some."""
    head = _without_secrets(message.head)
    if head == message.head:
        return message
    headers = tuple(_redacted_header(*header) for header in message.headers)
    target = _without_parameters(message.target.encode("latin-1")).decode("latin-1")
    return replace(message, head=head, headers=headers, target=target, redacted=True)


def _redacted_header(name: str, value: str) -> tuple[str, str]:
    line = _without_secrets(f"{name}:{value}".encode("latin-1")).decode("latin-1")
    return name, line[len(name) + 1 :]


def _without_secrets(head: bytes) -> bytes:
    return _without_parameters(_HEADER.sub(_hide_header, head))


def _without_parameters(text: bytes) -> bytes:
    return _CLIENT.sub(_hide_second, _PARAMETER.sub(_hide_second, text))


def _hide_header(found: re.Match[bytes]) -> bytes:
    name, colon, value = found.groups()
    if name.lower() == b"cookie":
        return name + colon + _COOKIE.sub(_hide_second, value)
    return (
        name
        + colon
        + (_COOKIE if name.lower() == b"set-cookie" else _SCHEME).sub(_hide_second, value, count=1)
    )


def _hide_second(found: re.Match[bytes]) -> bytes:
    return (found[1] or b"") + re.sub(rb"\S", b"*", found[2])
