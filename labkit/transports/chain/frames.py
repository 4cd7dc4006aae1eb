"""The frames of the chain's WebSocket: JSON texts that say what the requests of the other ways say.

Up goes ``{"number": 1, "text": "hello"}`` (or ``"base64"``), which is answered ``{"ack": 1}``. Down
come messages, ``{"id": "0a1b2c3d-7", "text": "hello"}``; the cursor alone where nothing else moves
it, ``{"next": "0a1b2c3d-8"}``; a gap, ``{"lost": 3}``; and ``{"heartbeat": 5}``, the seconds until
the next one at the latest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from labkit.protocols.close_codes import MAX_REASON, CloseCode
from labkit.transports.contract import Message
from labkit.transports.http.chat.envelope import decode_message, encode_message
from labkit.transports.http.chat.server.history import Reading
from labkit.transports.settings import MAX_MESSAGE

MAX_NUMBER = 10**15
"""The numbers of posts are below this one, which JavaScript can still count."""

MAX_FRAME = 6 * MAX_MESSAGE + 100
"""Bytes of a frame: JSON writes a control character with six."""


class BadFrame(Exception):
    """A frame that breaks the rules.

    Attributes
    ----------
    code, reason
        The close code and the close reason that answer it.
    """

    def __init__(self, why: str, code: int = 1008) -> None:
        super().__init__(why)
        self.code = CloseCode(code)
        self.reason = why.encode()[:MAX_REASON].decode(errors="ignore").encode()


def write_post(number: int, message: Message) -> str:
    """Return the frame that carries a message up.

    Examples
    --------
    >>> write_post(1, "hello")
    '{"number": 1, "text": "hello"}'
    """
    return f'{{"number": {number}, {encode_message(message)}}}'


def read_frame(frame: str) -> dict[str, Any]:
    """Return the JSON object in a frame. Raises BadFrame."""
    try:
        content = json.loads(frame)
    except (ValueError, RecursionError):
        raise BadFrame("a frame is not JSON") from None
    if not isinstance(content, dict):
        raise BadFrame("a frame is not a JSON object")
    return content


def read_post(frame: str) -> tuple[int, Message]:
    """Return number and message of a frame that goes up.

    Raises
    ------
    BadFrame
        If it is something else, or the message is too long.
    """
    content = read_frame(frame)
    number = content.get("number")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < MAX_NUMBER:
        raise BadFrame("`number` must count your messages: 1, 2, 3")
    try:
        message = decode_message(content)
        size = len(message.encode() if isinstance(message, str) else message)
    except UnicodeEncodeError:
        raise BadFrame("its text has half a character (a lone surrogate)", 1007) from None
    except ValueError as error:
        raise BadFrame(str(error)) from None
    if size > MAX_MESSAGE:
        raise BadFrame(f"a message has more than {MAX_MESSAGE} bytes", 1009)
    return number, message


def write_news(private: list[str], reading: Reading) -> Iterator[str]:
    """Return the frames that carry what is new down, and move the cursor.

    Parameters
    ----------
    private
        The messages for this client alone, each as a member of a JSON object.
    reading
        What is new for it in the history.
    """
    epoch, messages = reading.next.epoch, reading.messages
    for content in private:
        yield f"{{{content}}}"
    if reading.lost != 0:
        yield json.dumps({"lost": reading.lost})
    for kept in messages:
        yield f'{{"id": "{epoch}-{kept.number}", {kept.content}}}'
    if not messages or messages[-1].number != reading.next.number:
        yield json.dumps({"next": str(reading.next)})
