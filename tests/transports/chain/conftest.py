"""Time for the chain's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from labkit.clock import clock


@pytest.fixture
def hurry() -> Iterator[None]:
    """Let a second of the lab take a twentieth of one."""
    before = clock.scale
    clock.set(0.05)
    yield
    clock.set(before)
