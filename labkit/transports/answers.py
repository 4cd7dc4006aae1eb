"""What a server answers over HTTP when it turns a client away: its status, and its own words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

MAX_ANSWER_TEXT = 200
"""Characters of a server's words that are passed on."""

MAX_BODY_READ = 8192
"""Bytes of a body that are looked at: the words stand in its beginning."""

STATUS_MEANINGS = {
    200: "an ordinary page",
    401: "it wants to know who you are",
    403: "this Origin, Host or user is not allowed",
    404: "there is nothing under this path",
    426: "it wants another protocol or version",
    429: "too many requests",
    500: "the server itself failed",
    503: "it is stopping or overloaded",
}
"""What a status usually means to somebody who wanted a connection."""


@dataclass(frozen=True)
class HttpAnswer:
    """An answer that is no connection.

    Attributes
    ----------
    status
        For example 403.
    content_type
        Of the body, "" if it has none.
    body
        As far as it was read.
    made_by
        The `Server` header, "" without one.
    location
        Where it redirects to, "" if it does not.

    Examples
    --------
    >>> str(HttpAnswer(403, "text/plain", b"who are you?", ""))
    "HTTP 403 Forbidden: this Origin, Host or user is not allowed. It says: 'who are you?'"
    """

    status: int
    content_type: str
    body: bytes
    made_by: str
    location: str = ""

    @classmethod
    def of(cls, status: int, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Return an answer from what a library has of it; its headers know no case."""
        location = headers.get("Location", "")[:MAX_ANSWER_TEXT] if 300 <= status < 400 else ""
        kind, made_by = headers.get("Content-Type", ""), headers.get("Server", "")
        return cls(status, kind, body[:MAX_BODY_READ], made_by, location)

    @property
    def phrase(self) -> str:
        """The usual words for the status, "" for one that nobody knows."""
        try:
            return HTTPStatus(self.status).phrase
        except ValueError:
            return ""

    @property
    def words(self) -> str:
        """What the server says in the body, "" if nothing beyond the status."""
        text = self.body.decode("utf-8", "replace")
        if "html" in self.content_type:
            title = re.search(r"<title>(.*?)</title>", text, re.DOTALL | re.IGNORECASE)
            text = title[1] if title else ""
        elif "json" in self.content_type or text[:1] in ('"', "{"):
            text = _message_in(text)
        text = " ".join(text.split()).rstrip(".")
        said_already = text in ("", self.phrase) or text.startswith(f"{self.status}: ")
        return (
            ""
            if said_already
            else text
            if len(text) <= MAX_ANSWER_TEXT
            else f"{text[:MAX_ANSWER_TEXT]}…"
        )

    def __str__(self) -> str:
        meaning = STATUS_MEANINGS.get(self.status, "")
        if self.location:
            meaning = (
                f"it redirects to {self.location!r}, where labkit's clients do not go by "
                "themselves, past their link; if that is the right address, connect to it"
            )
        status = f"HTTP {self.status} {self.phrase}".rstrip() + (meaning and f": {meaning}")
        return f"{status}. It says: {self.words!r}" if self.words else status


def _message_in(text: str) -> str:
    """Return the sentence that a JSON body carries, or the body as it is."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(content, dict):
        content = next(
            (content[key] for key in ("message", "error", "detail") if key in content), text
        )
    return content if isinstance(content, str) else text
