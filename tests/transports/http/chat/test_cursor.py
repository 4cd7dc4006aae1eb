"""How far a client has read."""

from __future__ import annotations

import pytest

from labkit.transports.http.chat.cursor import Cursor, parse_cursor


@pytest.mark.parametrize("text", ["0a1b2c3d-0", "ffffffff-999999999999999"])
def test_a_cursor_is_text_and_back(text: str) -> None:
    """The text is what its parts make again."""
    assert str(parse_cursor(text)) == text
    assert parse_cursor("0a1b2c3d-7") == Cursor("0a1b2c3d", 7)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "-7",
        "0a1b2c3d",
        "0a1b2c3d-",
        "0a1b2c3d--7",
        "0a1b2c3d-7.5",
        "0a1b2c3d-1000000000000000",
        "0a1b2c3d-\u0667",
        "0A1B2C3D-7",
        " 0a1b2c3d-7",
        "0a1b2c3d-7\n",
        "x" * 10_000,
    ],
)
def test_what_is_none(text: str) -> None:
    """Negative, huge, in other digits, or no number at all: the error says what one looks like."""
    with pytest.raises(ValueError, match="is not a cursor, which is 8") as caught:
        parse_cursor(text)
    assert len(str(caught.value)) < 200
