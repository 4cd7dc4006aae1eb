"""Addresses as learners type them."""

import pytest

from labkit.exceptions import LabError
from labkit.protocols.addresses import netloc, parse_address, reachable


@pytest.mark.parametrize(
    ("url", "parsed"),
    [
        ("ws://127.0.0.1:8765", ("ws", "127.0.0.1", 8765, "/")),
        ("ws://localhost/chat?room=1", ("ws", "localhost", 80, "/chat?room=1")),
        ("ws://[::1]:80/", ("ws", "::1", 80, "/")),
        ("http://127.0.0.1:3000", ("http", "127.0.0.1", 3000, "/")),
    ],
)
def test_an_address_has_four_parts(url: str, parsed: tuple[str, str, int, str]) -> None:
    """Scheme, host, port (80 by default) and path with query are found."""
    assert parse_address(url) == parsed


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("wss://127.0.0.1:1/", "encrypted"),
        ("https://127.0.0.1:1/", "encrypted"),
        ("127.0.0.1:8765", "looks like"),
        ("", "looks like"),
        ("ws://", "looks like"),
        ("ws://127.0.0.1:70000/", "Port out of range"),
        ("ws://127.0.0.1:x/", "Port could not be cast"),
        ("ws://[::1/", "Invalid IPv6"),
        ("ws://a..b/", "'a..b' cannot be a host's name"),
        ("ws://" + "x" * 64, "cannot be a host's name"),
        ("ws://my server/", "'my server' cannot be a host's name"),
        ("ws://\0/", "cannot be a host's name"),
        ("ws://127.0.0.1:1/#top", "fragment"),
    ],
)
def test_anything_else_is_explained(url: str, words: str) -> None:
    """Each mistake gets a sentence of its own."""
    with pytest.raises(LabError, match=words):
        parse_address(url)


@pytest.mark.parametrize(
    ("url", "dialled"),
    [
        ("ws://0.0.0.0:8765/0.0.0.0", "ws://127.0.0.1:8765/0.0.0.0"),
        ("http://[::]:80/", "http://[::1]:80/"),
        ("ws://10.0.0.0:80/", "ws://10.0.0.0:80/"),
        ("ws://localhost/", "ws://localhost/"),
        ("ws://0.0.0.0", "ws://127.0.0.1"),
        ("ws://0.0.0.0.example/", "ws://0.0.0.0.example/"),
        ("ws://a/?to=//0.0.0.0/", "ws://a/?to=//0.0.0.0/"),
    ],
)
def test_a_wildcard_is_dialled_as_loopback(url: str, dialled: str) -> None:
    """A server tells where it listens; nothing has that address."""
    assert reachable(url) == dialled


def test_ipv6_stands_in_brackets() -> None:
    """Before the port, as in a Host header."""
    assert netloc("::1", 80) == "[::1]:80" and netloc("localhost", 80) == "localhost:80"
