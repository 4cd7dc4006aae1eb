"""The HTTP answer of a server that turns a client away: its status, and its own words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

MAX_ANSWER_TEXT = 200
"""Characters of a server's words to quote."""

MAX_BODY_READ = 8192
"""Bytes of a body to look at: the words are at its beginning."""

STATUS_MEANINGS = {
    200: "an ordinary page",
    401: "it requires authentication",
    403: "this Origin, Host or user is not allowed",
    404: "there is nothing under this path",
    426: "it requires another protocol or version",
    429: "too many requests",
    500: "the server itself failed",
    503: "it is stopping or overloaded",
}
"""What a status usually means to a client that wanted a connection."""


@dataclass(frozen=True)
class HttpAnswer:
    """An HTTP answer to a client that wanted a connection.

    Attributes
    ----------
    status
        The status code, for example 403.
    content_type
        The type of the body, "" if it has none.
    body
        The body, as far as it was read.
    made_by
        The `Server` header, "" without one.
    location
        The target of a redirect, "" without one.

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
        """Return an answer from a library's view of it; `headers` must ignore case."""
        location = headers.get("Location", "")[:MAX_ANSWER_TEXT] if 300 <= status < 400 else ""
        kind, made_by = headers.get("Content-Type", ""), headers.get("Server", "")
        return cls(status, kind, body[:MAX_BODY_READ], made_by, location)

    @property
    def phrase(self) -> str:
        """The standard phrase for the status, "" for an unknown one."""
        try:
            return HTTPStatus(self.status).phrase
        except ValueError:
            return ""

    @property
    def status_line(self) -> str:
        """The status with its standard phrase: ``HTTP 403 Forbidden``."""
        return f"HTTP {self.status} {self.phrase}".rstrip()

    @property
    def words(self) -> str:
        """The server's words in the body, "" if they repeat the status."""
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
                f"it redirects to {self.location!r}, which labkit's clients do not follow, because "
                "that leads past their link; if it is the right address, connect to it"
            )
        status = self.status_line + (meaning and f": {meaning}")
        return f"{status}. It says: {self.words!r}" if self.words else status


def _message_in(text: str) -> str:
    """Return the sentence in a JSON body, or the body as it is."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(content, dict):
        content = next(
            (content[key] for key in ("message", "error", "detail") if key in content), text
        )
    return content if isinstance(content, str) else text
