"""The packets in the body of a polling response."""

from __future__ import annotations

from labkit.exercises.calls import Call, judge_calls
from labkit.exercises.exercise import Exercise, Mistake

HELLO = '42["chat message","hello"]'
MESSAGE = ("message", HELLO[1:])
LINES = '42["chat message","1\u20282\\n3"]'
"""JSON leaves this line separator as it is, unlike a line end."""

CALLS = (
    Call((HELLO.encode(),), [MESSAGE], "a message"),
    Call((b"2",), [("ping", "")], "a ping, with nothing in it"),
    Call(
        (f"{HELLO}\x1e{HELLO}\x1e6".encode(),),
        [MESSAGE, MESSAGE, ("noop", "")],
        "because 1e stands between two packets",
    ),
    Call((b'0{"sid":"a","upgrades":[]}',), [("open", '{"sid":"a","upgrades":[]}')], "an open"),
    Call((b"1\x1e3probe\x1e5",), [("close", ""), ("pong", "probe"), ("upgrade", "")], "all kinds"),
    Call(
        ('42["chat message","Grüße 👋"]'.encode(),),
        [("message", '2["chat message","Grüße 👋"]')],
        "because the body is UTF-8",
    ),
    Call((LINES.encode(),), [("message", LINES[1:])], "one packet, for only 1e ends one"),
    Call((b"biVBORw==",), [("message", b"\x89PNG")], "because bytes travel as Base64, behind a b"),
    Call(
        (b'451-["dot",{"_placeholder":true,"num":0}]\x1ebAAECAw==\x1e4b',),
        [
            ("message", '51-["dot",{"_placeholder":true,"num":0}]'),
            ("message", bytes(range(4))),
            ("message", "b"),
        ],
        "an attachment between two texts",
    ),
    Call((b"b",), [("message", b"")], "because a message may have no bytes"),
    Call((b"",), [], "because an empty body has no packets"),
)

STUB = """
KINDS = ["open", "close", "ping", "pong", "message", "upgrade", "noop"]


def read_body(body): ...
"""

SOLUTION = """
from base64 import b64decode

KINDS = ["open", "close", "ping", "pong", "message", "upgrade", "noop"]


def read_body(body):
    packets = []
    for packet in body.decode().split("\\x1e") if body else []:
        digit, data = packet[0], packet[1:]
        if digit == "b":
            packets.append(("message", b64decode(data)))
        else:
            packets.append((KINDS[int(digit)], data))
    return packets
"""

ONE_PACKET = SOLUTION.replace(
    'body.decode().split("\\x1e") if body else []', "[body.decode()] if body else []"
)

LATIN = SOLUTION.replace("decode()", 'decode("latin-1")', 1)

ANY_LINE = SOLUTION.replace('split("\\x1e") if body else []', "splitlines()")

STILL_BASE64 = SOLUTION.replace("b64decode(data)", "data.encode()")

EXERCISE = Exercise(
    id="socketio_packets.reads_a_body",
    title="decode a polling body",
    task=(
        "A WebSocket message is one packet. The body of a polling response may hold many, "
        'separated by the byte 1e (`"\\x1e"`). Write `read_body`, which gets a body as `bytes` in '
        "UTF-8, and returns its Engine.IO packets as a list of tuples, each with the name of its "
        'kind and its data, such as `("ping", "")`. The data is the text after the digit. A '
        "packet that begins with `b` instead of a digit is a message of bytes, in "
        '[Base64](https://docs.python.org/3/library/base64.html): `("message", b"...")`.'
    ),
    stub=STUB,
    hints=(
        '`body.decode()` makes it text, `.split("\\x1e")` splits that into packets.',
        "`packet[0]` is the digit, `packet[1:]` the rest. The digit is the index in `KINDS`: "
        "`KINDS[int(packet[0])]`.",
        "`b64decode(data)`, after `from base64 import b64decode`, returns bytes.",
        'Splitting an empty text gives a list with one empty text, `[""]`, which has no digit.',
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(ONE_PACKET, "because 1e stands between two packets"),
        Mistake(LATIN, "because the body is UTF-8"),
        Mistake(ANY_LINE, "one packet, for only 1e ends one"),
        Mistake(STILL_BASE64, "because bytes travel as Base64"),
    ),
    judge=judge_calls("read_body", CALLS),
    next=(
        "What does Base64 cost for a picture of a megabyte? Over a WebSocket the same picture "
        "travels as it is."
    ),
)
