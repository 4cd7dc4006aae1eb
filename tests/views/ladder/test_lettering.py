"""Texts in a drawing."""

from __future__ import annotations

import pytest

from labkit.views.ladder.lettering import shortened


@pytest.mark.parametrize("letter", ["i", "n", "W", "好"])
def test_a_shortened_text_fits(letter: str) -> None:
    """Fewer broad letters fit than narrow ones, none in no room; what fits stays whole."""
    assert shortened(letter * 3, 40) == letter * 3
    assert len(shortened(letter * 100, 234)) == {"i": 47, "n": 28, "W": 18, "好": 18}[letter]
    assert shortened(letter * 100, 0) == "…"
