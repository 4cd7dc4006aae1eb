"""Shrinking a list that fails to a smallest one that still does: delta debugging.

The algorithm is `ddmin` of Zeller and Hildebrandt, *Simplifying and Isolating Failure-Inducing
Input* (2002), with a last pass that leaves out one element after the other until none can go: what
is left is 1-minimal.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


async def shrink(items: Sequence[T], fails: Callable[[Sequence[T]], Awaitable[bool]]) -> list[T]:
    """Return a part of a list that fails, and of which no single element can be left out.

    Parameters
    ----------
    items
        A list that fails.
    fails
        Returns whether a part of it, in the same order, fails. Once it must return at once, let it
        return False: nothing more is left out then.
    """
    left, pieces = list(items), 2
    while len(left) >= 2:
        size = -(-len(left) // pieces)
        smaller = await _without_one_piece(left, size, fails)
        if smaller is not None:
            left, pieces = smaller, max(pieces - 1, 2)
        elif size == 1:
            break
        else:
            pieces = min(pieces * 2, len(left))
    return await _without_single_ones(left, fails)


async def _without_one_piece(
    items: list[T], size: int, fails: Callable[[Sequence[T]], Awaitable[bool]]
) -> list[T] | None:
    """Return the first list without a piece of a size that fails, None if there is none."""
    for start in range(0, len(items), size):
        smaller = items[:start] + items[start + size :]
        if smaller and await fails(smaller):
            return smaller
    return None


async def _without_single_ones(
    items: list[T], fails: Callable[[Sequence[T]], Awaitable[bool]]
) -> list[T]:
    """Leave out single elements, from the last to the first, until none can go."""
    changed = True
    while changed:
        changed = False
        for at in reversed(range(len(items))):
            smaller = items[:at] + items[at + 1 :]
            if smaller and await fails(smaller):
                items, changed = smaller, True
    return items
