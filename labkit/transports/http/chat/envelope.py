"""How a message travels down: as a JSON object with `text` or, for bytes, `base64`.

JSON keeps what an event stream would change (a carriage return becomes a line feed there), and
base64 carries what JSON cannot.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from labkit.transports.contract import Message


def encode_message(message: Message) -> str:
    """Return the member of a JSON object that carries a message.

    Examples
    --------
    >>> encode_message("hello"), encode_message(b"hello")
    ('"text": "hello"', '"base64": "aGVsbG8="')
    """
    if isinstance(message, str):
        return f'"text": {json.dumps(message, ensure_ascii=False)}'
    return f'"base64": "{base64.b64encode(message).decode("ascii")}"'


def decode_message(envelope: Mapping[str, Any]) -> Message:
    """Return the message in a JSON object.

    Raises
    ------
    ValueError
        If there is none; the text says what is there instead.
    """
    text, encoded = envelope.get("text"), envelope.get("base64")
    if isinstance(text, str):
        return text
    if not isinstance(encoded, str):
        raise ValueError(f"a message has `text` or `base64`, not {sorted(envelope)}")
    return base64.b64decode(encoded, validate=True)
