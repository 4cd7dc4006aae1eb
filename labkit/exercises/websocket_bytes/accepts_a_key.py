"""The accept key for the lines of a request."""

from __future__ import annotations

from labkit.exercises.calls import Call, judge_calls
from labkit.exercises.exercise import Exercise, Mistake
from labkit.protocols.handshake import accept_key

RFC_KEY = "dGhlIHNhbXBsZSBub25jZQ=="
OTHER_KEY = "AQIDBAUGBwgJCgsMDQ4PEA=="


def _lines(header: str) -> list[str]:
    """Return a request with a header among others."""
    return ["GET /chat HTTP/1.1", "Host: 127.0.0.1", header, "Upgrade: websocket"]


CALLS = (
    Call(
        (_lines(f"Sec-WebSocket-Key: {RFC_KEY}"),),
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        "as in section 1.3 of RFC 6455",
    ),
    Call(
        (["GET / HTTP/1.1", f"Sec-WebSocket-Key: {OTHER_KEY}", "Host: 127.0.0.1"],),
        accept_key(OTHER_KEY),
        "another key, in the first header",
    ),
    Call(
        (_lines(f"sec-websocket-key: {RFC_KEY}"),),
        accept_key(RFC_KEY),
        "because upper and lower case are the same in the name of a header",
    ),
    Call(
        (_lines(f"SEC-WEBSOCKET-KEY:{OTHER_KEY}  "),),
        accept_key(OTHER_KEY),
        "because spaces around the value of a header do not count",
    ),
    Call((_lines("Connection: Upgrade"),), None, "because there is no key"),
)

STUB = """
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept(lines): ...
"""

SOLUTION = """
from base64 import b64encode
from hashlib import sha1

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept(lines):
    for line in lines:
        name, _, value = line.partition(":")
        if name.lower() == "sec-websocket-key":
            digest = sha1((value.strip() + GUID).encode()).digest()
            return b64encode(digest).decode()
    return None
"""

HEXADECIMAL = SOLUTION.replace(
    "digest()\n            return b64encode(digest).decode()",
    "hexdigest()\n            return digest",
)

DECODED_KEY = SOLUTION.replace("import b64encode", "import b64decode, b64encode").replace(
    "sha1((value.strip() + GUID).encode())", "sha1(b64decode(value.strip()) + GUID.encode())"
)

ONE_SPELLING = SOLUTION.replace(
    'name.lower() == "sec-websocket-key"', 'name == "Sec-WebSocket-Key"'
)

SPACES = SOLUTION.replace("value.strip()", "value[1:]")

EXERCISE = Exercise(
    id="websocket_bytes.accepts_a_key",
    title="the accept key",
    task=(
        "Write `accept`. It gets the lines of a request, as in step 3, and returns the value of "
        "`Sec-WebSocket-Accept` for it, as text, or `None` if no line holds a key. The headers "
        "come in any order. Upper and lower case are the same in their names, and spaces around a "
        "value do not count (RFC 9110, section 5)."
    ),
    stub=STUB,
    hints=(
        "First find the line. `line.partition(':')` splits it into three at the first colon.",
        "Compare `name.lower()`, and use `value.strip()`.",
        "Do not decode the key: hash its characters as they are, followed by the GUID. What is "
        "encoded then is the twenty bytes of the hash, not their hexadecimal digits.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(HEXADECIMAL, "It returned 'b37a4f2cc0624f1690f64606cf385945b2bec4ea'"),
        Mistake(DECODED_KEY, "It returned 'BXhwxM0SZasKmCD9S4BfpPmCnEw='"),
        Mistake(ONE_SPELLING, "upper and lower case are the same"),
        Mistake(SPACES, "spaces around the value"),
    ),
    judge=judge_calls("accept", CALLS),
    next="What would go wrong if a server answered with the same accept key every time?",
)
