"""Numbers as they are said of a fault."""

from __future__ import annotations

import pytest

from labkit.faults.wording import describe_bytes, describe_seconds, describe_size


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.3, "0.3 s"), (2, "2 s"), (1e6, "1,000,000 s"), (1e12, f"{10**12:,} s")]
)
def test_seconds(seconds: float, said: str) -> None:
    """They are said as they were given."""
    assert describe_seconds(seconds) == said


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 bytes"), (1, "1 byte"), (0.5, "0.5 bytes"), (2e6, "2,000,000 bytes")]
)
def test_bytes(count: float, said: str) -> None:
    """They are said as they were given, one in the singular."""
    assert describe_bytes(count) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (5, "5 bytes"),
        (1023, "1,023 bytes"),
        (1536, "1.5 KiB"),
        (65_536, "64 KiB"),
        (2**20 - 1, "1024 KiB"),
        (2**20, "1.0 MiB"),
        (64 * 2**20, "64 MiB"),
    ],
)
def test_sizes(count: int, said: str) -> None:
    """They are rounded, in the unit that suits."""
    assert describe_size(count) == said
