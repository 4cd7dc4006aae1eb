"""Rows of a trace, as a test writes them."""

from __future__ import annotations

from typing import Literal

from labkit.protocols.close_codes import CloseCode
from labkit.protocols.frames import FrameDecoder
from labkit.protocols.messages import MessageDecoder
from labkit.trace.passage import Passage
from labkit.trace.rows import Row

Direction = Literal["upstream", "downstream", ""]

UP: Direction = "upstream"
DOWN: Direction = "downstream"

FACTS = (
    "opened",
    "cut",
    "reset",
    "closed",
    "refused",
    "half-closed",
    "fault added",
    "fault changed",
    "fault removed",
)


def row(
    direction: Direction,
    kind: str,
    content: str = "",
    *,
    fate: Literal["passed", "held", "late", "dropped"] = "passed",
    connection: int = 1,
    packets: tuple[str, ...] = (),
) -> Row:
    """Return a row that entered its link at 0, and if it is late left it just now."""
    size = 0 if kind in FACTS else 9  # a fact has no size
    passage = None if fate == "passed" else Passage(0)
    if passage is not None and fate == "late":
        passage.left(size)
    elif passage is not None and fate == "dropped":
        passage.mark(size, "dropped")
    return Row(
        1, 0.0, connection, direction, kind, size, content,
        stop=size, packets=packets, _passage=passage,
    )  # fmt: skip


def close(direction: Direction, code: int, reason: str = "", *, held: bool = False) -> Row:
    """Return the row of a close frame."""
    payload = code.to_bytes(2, "big") + reason.encode()
    data = bytes([0x88, len(payload)]) + payload
    (frame,) = FrameDecoder(from_client=False).feed(data)
    (message,) = MessageDecoder(None).feed(frame)
    return Row(
        1,
        0.0,
        1,
        direction,
        "close",
        9,
        repr(CloseCode(code)),
        decoded=message,
        stop=9,
        _passage=Passage(0) if held else None,
    )


def numbered(*rows: Row) -> tuple[Row, ...]:
    """Number rows in their order, and return them."""
    for number, each in enumerate(rows, 1):
        object.__setattr__(each, "number", number)
    return rows
