"""Sizes in words."""

from __future__ import annotations

import pytest

from labkit.protocols.sizes import size_in_words


@pytest.mark.parametrize(("count", "said"), [(0, "0 bytes"), (1, "1 byte"), (2, "2 bytes")])
def test_one_byte_is_one_byte(count: int, said: str) -> None:
    """The unit is plural, unless there is exactly one byte."""
    assert size_in_words(count) == said
