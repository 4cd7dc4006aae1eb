"""Reading the record of a link: where a text crossed, what that cost, and waiting for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from labkit.clock import clock
from labkit.exceptions import LabError
from labkit.protocols.directions import Direction
from labkit.protocols.http1 import HttpMessage
from labkit.trace import Trace
from labkit.trace.rows import Row

LOOK = 0.01
"""Seconds (scaled) between two looks at a record, which tells nobody that it grows."""


def find_text(rows: Sequence[Row], text: str, direction: Direction) -> Row | None:
    """Return the row in which a text crossed in a direction, None if it did not."""
    payload = text.encode()
    return next(
        (row for row in rows if row.direction == direction and payload in row.payload), None
    )


def find_packet(rows: Sequence[Row], kind: str, direction: Direction) -> Row | None:
    """Return the first row with a frame or packet of a kind in a direction, None without one."""
    found = (row for row in rows if row.direction == direction and kind in kinds(row))
    return next(found, None)


def kinds(row: Row) -> set[str]:
    """Return the kinds of what crossed in a row: its own, and those of the packets of a body."""
    return {row.kind, *row.packets}


def cost(rows: Sequence[Row], row: Row) -> int:
    """Return the bytes of a frame, or of a request with its answer."""
    return sum(each.size for each in _exchange(rows, row)) or row.size


def is_whole(rows: Sequence[Row], row: Row) -> bool:
    """Return whether a row is a frame, or of a request that was answered."""
    exchange = _exchange(rows, row)
    return not exchange or exchange[-1].kind == "response"


def _exchange(rows: Sequence[Row], row: Row) -> list[Row]:
    """Return the rows of a request and its answer, none for a frame."""
    message = row.decoded
    if not isinstance(message, HttpMessage):
        return []
    return [
        each
        for each in rows
        if isinstance(each.decoded, HttpMessage)
        and (each.connection, each.decoded.exchange) == (row.connection, message.exchange)
    ]


async def until_recorded(
    trace: Trace, condition: Callable[[Sequence[Row]], bool], what: str, within: float = 5.0
) -> Sequence[Row]:
    """Wait until a condition holds of the rows of a trace, and return them.

    Parameters
    ----------
    trace
        The record.
    condition
        Of its rows.
    what
        What is waited for, as the object of a sentence.
    within
        Seconds, by the lab's clock.

    Raises
    ------
    LabError
        If it does not hold in time.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + clock.seconds(within)
    while True:
        rows = trace.rows()
        if condition(rows):
            return rows
        if loop.time() > until:
            raise LabError(
                f"The link {trace.name!r} did not see {what} within {within:g} s. If the machine "
                "is busy, measure again."
            )
        await asyncio.sleep(clock.seconds(LOOK))
