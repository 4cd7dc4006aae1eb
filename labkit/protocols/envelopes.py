"""How the finished chats over HTTP carry their messages: in JSON, each with the cursor behind it.

::

    GET  /messages?client=C&after=CURSOR    200 {"messages": [...], "next": CURSOR, "lost": n}
    GET  /events?client=C&after=CURSOR      an event stream, a message without its id in each event
    POST /messages?client=C&number=N        204, the message is the body
    GET  /ws?client=C&after=CURSOR          a WebSocket with the same in its frames: `read_frame`

What does not look like this in each part belongs to another application, and means nothing here.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeGuard

from labkit.protocols.http1 import HttpMessage

MAX_MESSAGES = 1000
"""Messages of one answer that are decoded."""

Purpose = Literal["", "poll", "post", "stream"]
"""What a request is for; "" if it is not one of these."""

CURSOR = r"[0-9a-f]{8}-[0-9]+"
"""A cursor as a pattern: the server's epoch, which is random, and the number of a message."""

CLIENT = r"[0-9a-f]{4}(?:[0-9a-f]{12}|\*{12})"
"""A client's id as a pattern, as it is sent, or redacted."""

_TARGET = re.compile(
    rf"(?:https?://[^/?#]*)?[^?#]*/(messages|events)\?(?:[^#]*&)?client={CLIENT}(?=[&#]|$)"
)
_SOCKET = re.compile(rf"[^?#]*/ws\?(?:[^#]*&)?client={CLIENT}(?=[&#]|$)")
_NUMBER = re.compile(r"[?&]number=([0-9]+)(?=[&#]|$)")
_CURSOR = re.compile(CURSOR)


@dataclass(frozen=True, slots=True)
class Carried:
    """A message that is carried over HTTP.

    Attributes
    ----------
    content
        Its text, or its bytes.
    id
        The cursor behind it; "" of a private message, and of one that goes up.
    """

    content: str | bytes
    id: str = ""

    @property
    def data(self) -> bytes:
        """Its bytes, those of text as UTF-8."""
        content = self.content
        return content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Lost:
    """That messages are no longer in the history.

    Attributes
    ----------
    at_most
        How many they are at most; None if nobody knows, since the cursor is another server's.
    """

    at_most: int | None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one answer to a poll holds, or one posted body.

    Attributes
    ----------
    messages
        The messages, at most `MAX_MESSAGES`.
    count
        How many there are.
    next
        The cursor behind the last of them; "" of what was posted.
    lost
        What is missing before them; None if nothing is.
    """

    messages: tuple[Carried, ...]
    count: int
    next: str = ""
    lost: Lost | None = None


@dataclass(frozen=True, slots=True)
class ChatFrame:
    """What a frame of a chat says that has numbers on its WebSocket.

    Attributes
    ----------
    kind
        "text" for a message, or "ack", "cursor", "lost", "heartbeat".
    carried
        The message; None of all else.
    number
        Of a message that goes up, or of its acknowledgement, which it is of its client's; 0 says
        nothing. None of all else.
    lost
        What is missing; None if it does not say so.
    cursor
        The cursor; "" if it does not move it.
    seconds
        Of a heartbeat, when the next one comes at the latest.
    """

    kind: Literal["text", "ack", "cursor", "lost", "heartbeat"]
    carried: Carried | None = None
    number: int | None = None
    lost: Lost | None = None
    cursor: str = ""
    seconds: float = 0.0


def is_chat_socket(request: HttpMessage) -> bool:
    """Whether a request opens the WebSocket of a chat that has numbers on it."""
    return request.method == "GET" and _SOCKET.match(request.target) is not None


def read_frame(text: str, *, is_up: bool) -> ChatFrame | None:
    """Return what a frame of such a WebSocket says; None if it is none of its kinds."""
    value = _parsed(text)
    if not isinstance(value, dict):
        return None
    if is_up:
        number = value.pop("number", None)
        carried = _carried(value) if "id" not in value else None
        is_post = carried is not None and _is_count(number)
        return ChatFrame("text", carried, number) if is_post else None
    if value.keys() == {"ack"} and _is_count(value["ack"]):
        return ChatFrame("ack", number=value["ack"])
    if value.keys() == {"next"} and _is_cursor(value["next"]):
        return ChatFrame("cursor", cursor=value["next"])
    if value.keys() == {"lost"} and (lost := _lost(value["lost"])) is not None:
        return ChatFrame("lost", lost=lost)
    if value.keys() == {"heartbeat"} and isinstance(value["heartbeat"], int | float):
        seconds = value["heartbeat"]
        return None if isinstance(seconds, bool) else ChatFrame("heartbeat", seconds=seconds)
    carried = _carried(value)
    return None if carried is None else ChatFrame("text", carried)


def find_purpose(request: HttpMessage) -> Purpose:
    """Return what a request is for.

    Examples
    --------
    A GET of ``/messages?client=0123456789abcdef`` is a "poll".
    """
    found = _TARGET.match(request.target)
    if found is None:
        return ""
    if found[1] == "events":
        return "stream" if request.method == "GET" else ""
    if request.method == "POST":
        return "post" if _NUMBER.search(request.target) else ""
    return "poll" if request.method == "GET" else ""


def find_number(request: HttpMessage) -> int:
    """Return which post of its client a request is; 0 says nothing."""
    found = _NUMBER.search(request.target)
    return int(found[1][-15:]) if found else 0


def read_posted(request: HttpMessage) -> Batch:
    """Return the message in the body of a post; none if the body is empty."""
    body = request.body
    if not body:
        return Batch((), 0)
    if request.header("Content-Type").partition(";")[0].strip().lower().startswith("text/"):
        return Batch((Carried(body.decode("utf-8", "replace")),), 1)
    return Batch((Carried(body),), 1)


def read_answer(body: bytes) -> Batch | None:
    """Return what the answer to a poll holds; None if it is another application's."""
    answer = _parsed(body)
    if not isinstance(answer, dict) or answer.keys() - {"messages", "next", "lost"}:
        return None
    messages, cursor = answer.get("messages"), answer.get("next")
    if not isinstance(messages, list) or not _is_cursor(cursor):
        return None
    lost = _lost(answer["lost"]) if "lost" in answer else None
    found = [_carried(each) for each in messages[:MAX_MESSAGES]]
    if ("lost" in answer and lost is None) or None in found:
        return None
    return Batch(tuple(each for each in found if each), len(messages), str(cursor), lost)


def read_event(event: str, data: str, id: str | None) -> Carried | Lost | None:
    """Return what an event of a stream carries; None if it is another application's."""
    value = _parsed(data)
    if event == "lost":
        return _lost(value) if value is not None or data == "null" else None
    if event not in ("", "message", "private") or not isinstance(value, dict) or "id" in value:
        return None
    return _carried(value if not id else value | {"id": id})


def _parsed(text: str | bytes) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _lost(value: object) -> Lost | None:
    if value is None:
        return Lost(None)
    return Lost(value) if _is_count(value) else None


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_cursor(value: object) -> bool:
    return isinstance(value, str) and _CURSOR.fullmatch(value) is not None


def _carried(value: object) -> Carried | None:
    """Return the message in an object, if that is what it is."""
    if not isinstance(value, Mapping) or value.keys() - {"id", "text", "base64"}:
        return None
    cursor = value.get("id", "")
    if ("id" in value and not _is_cursor(cursor)) or ("text" in value) == ("base64" in value):
        return None
    if "text" in value:
        return Carried(value["text"], cursor) if isinstance(value["text"], str) else None
    try:
        return Carried(base64.b64decode(value["base64"], validate=True), cursor)
    except (binascii.Error, ValueError, TypeError):
        return None
