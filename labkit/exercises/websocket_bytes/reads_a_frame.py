"""The payload of a frame, masked or not, of any length, once all of it is there."""

from __future__ import annotations

from labkit.exercises.calls import Call, judge_calls
from labkit.exercises.exercise import Exercise, Mistake

MASKED = bytes.fromhex("8185 37fa213d 7f9f4d5158")
"""Hello, masked: an example of RFC 6455, section 5.7."""


def _frame(length: int) -> tuple[bytes, bytes]:
    """Return an unmasked binary frame with a payload of some bytes, and the payload."""
    payload = bytes(number % 251 for number in range(length))
    if length < 126:
        return bytes([0x82, length]) + payload, payload
    if length < 65_536:
        return bytes([0x82, 126]) + length.to_bytes(2) + payload, payload
    return bytes([0x82, 127]) + length.to_bytes(8) + payload, payload


def _whole(length: int) -> Call:
    frame, payload = _frame(length)
    return Call((frame,), payload, f"a payload of {length} bytes")


CALLS = (
    Call((b"\x81\x05Hello",), b"Hello", "because the frame is not masked"),
    Call((b"\x81\x84\x01\x02\x03\x04igoh",), b"hell", "the mask undone"),
    Call((MASKED,), b"Hello", "because the fifth byte is masked with the first of the key again"),
    Call((b"\x81\x02hi\x81\x05there",), b"hi", "because the rest belongs to the next frame"),
    Call((b"\x81\x00",), b"", "because a payload may be empty"),
    _whole(125),
    _whole(126),
    _whole(300),
    _whole(65_535),
    _whole(65_536),
    Call((b"\x82\xfe\x00\x80" + bytes(4) + bytes(128),), bytes(128), "masked, of 128 bytes"),
    Call((b"\x81\x05Hell",), None, "because a byte is still missing"),
    Call((MASKED[:5],), None, "because the key is not complete yet"),
    Call((b"\x82\x7e\x01",), None, "because the length is not complete yet"),
    Call((b"\x81",), None, "because the second byte is still missing"),
    Call((b"",), None, "because nothing has come yet"),
)

STUB = """
def read_frame(data): ...
"""

SOLUTION = """
def read_frame(data):
    if len(data) < 2:
        return None
    start, length = 2, data[1] & 0b0111_1111
    if length >= 126:
        start = 4 if length == 126 else 10
        length = int.from_bytes(data[2:start], "big")
    is_masked = data[1] & 0b1000_0000
    if is_masked:
        start += 4
    payload = data[start : start + length]
    if len(data) < start + length:
        return None
    if is_masked:
        key = data[start - 4 : start]
        payload = bytes(byte ^ key[n % 4] for n, byte in enumerate(payload))
    return payload
"""

NEVER_UNMASKED = """
def read_frame(data):
    length = data[1] & 0b0111_1111
    return data[2 : 2 + length]
"""

KEY_USED_ONCE = SOLUTION.replace(
    "byte ^ key[n % 4] for n, byte in enumerate(payload)",
    "byte ^ letter for byte, letter in zip(payload, key)",
)

SHORT_ONES_ONLY = SOLUTION.replace("if length >= 126:", "if length > 127:")

NEVER_WAITS = SOLUTION.replace("    if len(data) < start + length:\n        return None\n", "")

EXERCISE = Exercise(
    id="websocket_bytes.reads_a_frame",
    title="read any frame",
    task=(
        "Step 6 read a short frame without a mask. Write `read_frame`, which gets all the bytes "
        "that have arrived so far, and returns the payload of the first frame in them: masked or "
        "not, of any length (step 8), with the mask undone. It returns `None` if the frame is not "
        "complete yet. Bytes after the frame belong to the next one."
    ),
    stub=STUB,
    hints=(
        "The second byte holds the mask bit, `data[1] & 0b1000_0000`, and seven bits of length.",
        "If these are 126, the length is in the next two bytes, if they are 127, in the next "
        'eight: `int.from_bytes(data[2:4], "big")`.',
        "Keep the place where the payload starts in a variable: after the length, and after the "
        "four bytes of the key if there is one.",
        "`key[n % 4]` takes the bytes of the key in turn. Compare `len(data)` with the end of the "
        "frame before you return anything.",
    ),
    solution=SOLUTION,
    mistakes=(
        Mistake(NEVER_UNMASKED, "the mask undone"),
        Mistake(KEY_USED_ONCE, "with the first of the key again"),
        Mistake(SHORT_ONES_ONLY, "a payload of 126 bytes"),
        Mistake(NEVER_WAITS, "because a byte is still missing"),
    ),
    judge=judge_calls("read_frame", CALLS),
    next=(
        "Each time more bytes arrive, your function starts from the beginning. How does that "
        "scale for a frame of one megabyte that arrives in pieces of one kilobyte?"
    ),
)
