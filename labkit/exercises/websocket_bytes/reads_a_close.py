"""What a close frame says, and what its absence says."""

from __future__ import annotations

from labkit.exercises.calls import Call, judge_calls
from labkit.exercises.exercise import Exercise, Mistake

CALLS = (
    Call((b"\x03\xe8leaving",), (1000, "leaving"), "because 03 e8 is 1000"),
    Call((b"\x03\xe9",), (1001, ""), "because a reason is optional"),
    Call((b"\x03\xea" + "zu groß".encode(),), (1002, "zu groß"), "because it is UTF-8"),
    Call((b"\x0f\xa0",), (4000, ""), "because 4000 to 4999 are the application's"),
    Call((b"",), (1005, ""), "because a close frame without a code has come"),
    Call((None,), (1006, ""), "because the connection ended without a close frame"),
)

STUB = """
def ending(payload): ...
"""

SOLUTION = """
def ending(payload):
    if payload is None:
        return 1006, ""
    if payload == b"":
        return 1005, ""
    return int.from_bytes(payload[:2], "big"), payload[2:].decode()
"""

LITTLE_ENDIAN = SOLUTION.replace('"big"', '"little"')

BYTES = SOLUTION.replace("payload[2:].decode()", "payload[2:]")

NO_CODE_IS_NORMAL = SOLUTION.replace("1005", "1000")

NOTHING_IS_NOTHING = """
def ending(payload):
    if not payload:
        return 1005, ""
    return int.from_bytes(payload[:2], "big"), payload[2:].decode()
"""

EXERCISE = Exercise(
    id="websocket_bytes.reads_a_close",
    title="name the ending",
    task=(
        'Write `ending`, which returns a close code and a reason, such as `(1000, "leaving")`. It '
        "gets the payload of a close frame: a code of two bytes, the high one first, followed by "
        "a reason in UTF-8, or nothing at all. If the connection ended without a close frame, it "
        "gets `None`. Two codes never cross the wire, and mean just these cases: 1005, *no code "
        "was received*, and 1006, *no close frame was received* ([section "
        "7.1.5](https://www.rfc-editor.org/rfc/rfc6455#section-7.1.5))."
    ),
    stub=STUB,
    hints=(
        'There are three cases: no frame, an empty payload, and a code. `None` and `b""` are both '
        "false, and mean different things here.",
        '`int.from_bytes(payload[:2], "big")` reads two bytes, the high one first.',
        "`payload[2:].decode()` is the rest as text, even if there is none.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(LITTLE_ENDIAN, "It returned (59395, 'leaving')"),
        Mistake(BYTES, "It returned (1000, b'leaving')"),
        Mistake(NO_CODE_IS_NORMAL, "a close frame without a code has come"),
        Mistake(NOTHING_IS_NOTHING, "ended without a close frame"),
    ),
    judge=judge_calls("ending", CALLS),
    next="Which of these codes may a server answer with, and which may it never send?",
)
