"""What a browser may ask for."""

import pytest

from labkit.views.requests import MAX_TEXT, Refused, read


def test_requests_are_read() -> None:
    """The three kinds of request, with their fields."""
    assert read({"kind": "send", "id": 7, "text": "hi"}).text == "hi"
    assert read({"kind": "plug", "in_place": True}).in_place
    assert read({"kind": "open"}).kind == "open"


@pytest.mark.parametrize(
    "content",
    [
        None,
        "send",
        [],
        {},
        {"kind": None},
        {"kind": ["send"]},
        {"kind": "shout", "text": "HI"},
        {"kind": "send"},
        {"kind": "send", "text": "no id"},
        {"kind": "send", "id": 1, "text": "extra", "to": "bob"},
        {"kind": "send", "id": 1, "text": 42},
        {"kind": "send", "id": 1, "text": None},
        {"kind": "send", "id": True, "text": "a truth is no number"},
        {"kind": "send", "id": 1.5, "text": "nor is a fraction"},
        {"kind": "send", "id": 1, "text": "x" * (MAX_TEXT + 1)},
        {"kind": "send", "id": 1, "text": "é" * (MAX_TEXT // 2 + 1)},
        {"kind": "plug"},
        {"kind": "plug", "in_place": "yes"},
        {"kind": "open", "url": "ws://evil.example"},
        {"kind": "open", 3: 4},
    ],
)
def test_anything_else_is_refused(content: object) -> None:
    """Missing, extra, mistyped and huge fields are refused with a reason."""
    with pytest.raises(Refused, match=r"\w"):
        read(content)
