"""Shrinking a list that fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import pytest

from labkit.delivery.shrink import shrink


async def shrunk(
    items: Sequence[int], fails: Callable[[Sequence[int]], bool]
) -> tuple[list[int], int]:
    """Return a shrunk list, and how often the test was called; it never gets an empty list."""
    calls = 0

    async def check(part: Sequence[int]) -> bool:
        nonlocal calls
        calls += 1
        assert part
        return fails(part)

    return await shrink(items, check), calls


@pytest.mark.parametrize("wanted", [{0}, {99}, {50}, {3, 4}, {0, 99}, {1, 33, 66, 98}])
async def test_only_what_is_needed_is_left(wanted: set[int]) -> None:
    """In its order, after few calls."""
    found, calls = await shrunk(range(100), lambda part: wanted <= set(part))
    assert found == sorted(wanted)
    assert calls < 120


async def test_no_single_element_can_be_left_out() -> None:
    """What is left is 1-minimal, whatever it takes to fail."""
    for seed in range(100):
        random = Random(seed)
        sets = [set(random.sample(range(24), random.randint(1, 5))) for _ in range(3)]

        def fails(part: Sequence[int], sets: list[set[int]] = sets) -> bool:
            odd = sum(part) % 3 != 1  # removing one may let it pass, and removing two let it fail
            return any(wanted <= set(part) for wanted in sets) and (odd or len(part) > 12)

        if not fails(range(24)):
            continue
        found, _ = await shrunk(range(24), fails)
        assert fails(found)
        for at in range(len(found)):
            smaller = found[:at] + found[at + 1 :]
            assert not smaller or not fails(smaller)


async def test_it_ends_once_nothing_fails_any_more() -> None:
    """As when its time is over: what failed last is left."""
    found, _ = await shrunk(range(10), lambda part: False)
    assert found == list(range(10))
    assert (await shrunk([7], lambda part: True))[0] == [7]
