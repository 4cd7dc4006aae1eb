"""Texts are made fit to be shown."""

from __future__ import annotations

import json

import pytest

from labkit.views.shared.clip import clip
from tests.support.untrusted import HOSTILE, hidden_in


@pytest.mark.parametrize("text", ["", "hello", "👋🏽", "x" * 10])
def test_a_short_text_stays_as_it_is(text: str) -> None:
    """What fits is not touched."""
    assert clip(text, 10) == text


def test_a_long_text_tells_its_length() -> None:
    """What is cut says how long it was."""
    assert clip("x" * 11, 10) == "x" * 10 + "… [11 characters]"


def test_nothing_is_hidden() -> None:
    """What has no shape, or changes that of others, shows; ends of lines stay."""
    assert not hidden_in(clip(HOSTILE, 1_000))
    assert clip("a\nb\u202ec", 100) == "a\nb\\u202ec"


def test_half_a_character_can_be_sent() -> None:
    """Lone surrogates, which Jupyter cannot encode, are replaced by their codes."""
    text = clip("before \ud83d after \udc80", 100)
    assert text == "before \\ud83d after \\udc80"
    json.dumps(text, ensure_ascii=False).encode("utf-8")
