"""Why a port cannot be had."""

from __future__ import annotations

import errno
import socket

import pytest

from labkit.transports.ports import listen_error


@pytest.mark.parametrize(
    ("number", "port", "words"),
    [
        (errno.EACCES, 80, "below 1024"),
        (errno.EACCES, 50_001, "reserves port 50001"),
        (errno.EADDRNOTAVAIL, 80, "Omit `host` and `port`"),
    ],
)
def test_each_reason_says_what_to_do(number: int, port: int, words: str) -> None:
    """A sentence for each kind of failure."""
    assert words in str(listen_error("127.0.0.1", port, OSError(number, "no")))


def test_who_has_the_port() -> None:
    """The process that listens there is named."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = str(listen_error("127.0.0.1", port, OSError(errno.EADDRINUSE, "in use")))
    assert f"Port {port} is in use by process" in told
