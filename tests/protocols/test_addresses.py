"""Addresses as learners type them."""

import pytest

from labkit.exceptions import LabError
from labkit.protocols.addresses import parse


@pytest.mark.parametrize(
    ("url", "parsed"),
    [
        ("ws://127.0.0.1:8765", ("127.0.0.1", 8765, "/")),
        ("ws://localhost/chat?room=1", ("localhost", 80, "/chat?room=1")),
        ("ws://[::1]:80/", ("::1", 80, "/")),
    ],
)
def test_a_ws_address_has_three_parts(url: str, parsed: tuple[str, int, str]) -> None:
    """Host, port (80 by default) and path with query are found."""
    assert parse(url) == parsed


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("wss://127.0.0.1:1/", "encrypted"),
        ("https://127.0.0.1:1/", "encrypted"),
        ("http://127.0.0.1:1/", "begins with http://"),
        ("127.0.0.1:8765", "looks like"),
        ("", "looks like"),
        ("ws://", "looks like"),
        ("ws://127.0.0.1:70000/", "port"),
        ("ws://127.0.0.1:x/", "port"),
        ("ws://127.0.0.1:1/#top", "fragment"),
    ],
)
def test_anything_else_is_explained(url: str, words: str) -> None:
    """Each mistake gets a sentence of its own."""
    with pytest.raises(LabError, match=words):
        parse(url)
