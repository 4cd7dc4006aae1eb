"""How a message travels down."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.transports.http.chat.envelope import decode_message, encode_message


@given(st.text() | st.binary())
def test_a_message_comes_back(message: str | bytes) -> None:
    """Any text and any bytes, in one line of JSON."""
    envelope = f"{{{encode_message(message)}}}"
    assert "\n" not in envelope and "\r" not in envelope
    assert decode_message(json.loads(envelope)) == message


@pytest.mark.parametrize(
    "envelope", [{}, {"text": 7}, {"base64": None}, {"base64": "a"}, {"base64": "a$=="}, {"x": "y"}]
)
def test_what_holds_none(envelope: dict[str, Any]) -> None:
    """An object with another member, or with base64 that is none."""
    with pytest.raises(ValueError):
        decode_message(envelope)
