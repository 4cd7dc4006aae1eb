"""The key of a chat page's connection, by which the page asks for the connection's name.

No protocol tells a client what the server calls it. The page and the server only share a key of the
connection: the client's id in the chats over HTTP, the session id on Socket.IO. On a raw WebSocket
there is none, so the page draws one, and states it in the address that it dials; the server removes
it before a learner's code sees the request. Once it is open, the page asks for the name with a GET
of its own address and the key: `page/own_connection.js`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import parse_qs

from labkit.protocols.redaction import PAGE_KEY_PARAMETER
from labkit.transports.contract import Connection

_KEY = re.compile(r"[A-Za-z0-9_-]{16,32}", re.ASCII)
"""A key, whatever the protocol."""

_STATED = re.compile(rf"([^#]*)[?&]{PAGE_KEY_PARAMETER}=([0-9a-f]{{16}})", re.ASCII)
"""An address that a page dials: its own key is at the end."""


class Answer(NamedTuple):
    """The answer to a page that asks for a name: JSON if the status is 200, otherwise text."""

    status: HTTPStatus
    text: str


def split_target(target: str) -> tuple[str, str]:
    """Return the target of a handshake without the key that a page has added, and the key or "".

    Examples
    --------
    >>> split_target("/?token=open-sesame&labkit-page=0123456789abcdef")
    ('/?token=open-sesame', '0123456789abcdef')
    """
    stated = _STATED.fullmatch(target)
    return (stated[1], stated[2]) if stated else (target, "")


def answer_name(query: str, find: Callable[[str], Connection | None]) -> Answer | None:
    """Return the answer to a request for the page, None if it does not ask for a name.

    Parameters
    ----------
    query
        The query of the request, as it was sent.
    find
        Returns the connection of a key.
    """
    keys = parse_qs(query, keep_blank_values=True).get(PAGE_KEY_PARAMETER)
    if keys is None:
        return None
    if len(keys) != 1 or not _KEY.fullmatch(keys[0]):
        why = f"`{PAGE_KEY_PARAMETER}` must be the key of one connection."
        return Answer(HTTPStatus.BAD_REQUEST, why)
    connection = find(keys[0])
    if connection is None:
        return Answer(HTTPStatus.NOT_FOUND, "No connection has this key.")
    return Answer(HTTPStatus.OK, json.dumps({"name": connection.name}))
