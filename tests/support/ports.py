"""Ports for programs that tests start."""

from __future__ import annotations

import random
import socket

PORTS = range(20_000, 32_000)
"""No system gives one of them to whoever asks for any port, as other tests do all the time."""


def free_port() -> int:
    """Return a port that nobody uses."""
    return free_ports(1)[0]


def free_ports(number: int) -> list[int]:
    """Return ports that nobody uses, each another one."""
    drawn = random.SystemRandom().sample(PORTS, 100 + number)
    free = [port for port in drawn if _is_free(port)]
    assert len(free) >= number, f"Nearly all of {drawn} are in use."
    return free[:number]


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
