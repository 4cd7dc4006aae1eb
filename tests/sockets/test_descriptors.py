"""Descriptors that are left over for the learner."""

from __future__ import annotations

import asyncio
import errno
import socket
from typing import Any, cast

import pytest

from labkit.sockets import descriptors
from labkit.sockets.descriptors import (
    SPARE_DESCRIPTORS,
    allow_descriptors,
    is_shortage,
    keep_descriptors_free,
    lengthen_backlog,
)
from tests.conftest import turn_loop

resource = pytest.importorskip("resource", reason="Windows has no such limit")


class Transport:
    """A transport whose socket has a descriptor, or none."""

    def __init__(self, number: int | None) -> None:
        self.number = number

    def get_extra_info(self, name: str) -> Any:
        return ("127.0.0.1", 4711) if name == "peername" else self.number and self

    def fileno(self) -> int:
        assert self.number is not None
        return self.number

    def is_closing(self) -> bool:
        return False


async def come(monkeypatch: pytest.MonkeyPatch, number: int | None, own: bool = False) -> list[str]:
    """Let a connection come to a process with 400 descriptors, and return what becomes of it."""
    monkeypatch.setattr(descriptors.resource, "getrlimit", lambda which: (400, 400))
    monkeypatch.setattr(descriptors, "JUDGE_AFTER", 0.2)
    told: list[str] = []
    keep_descriptors_free(
        cast("Any", Transport(number)),
        lambda port: own and port == 4711,
        lambda: told.append("cut off"),
        lambda: told.append("kept"),
    )
    told.append("later")
    await turn_loop(2)
    told.append("later")
    await asyncio.sleep(0.22)  # sleeps: past JUDGE_AFTER, when there is one verdict
    return told


@pytest.mark.parametrize("number", [None, 3, 299])
async def test_most_are_free(monkeypatch: pytest.MonkeyPatch, number: int | None) -> None:
    """Then anybody stays, at once."""
    assert await come(monkeypatch, number) == ["kept", "later", "later"]


async def test_few_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then only the learner's own clients stay, when it is known who they are."""
    assert await come(monkeypatch, 300) == ["later", "later", "cut off"]
    assert await come(monkeypatch, 300, own=True) == ["later", "later", "kept"]


async def test_hardly_any_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then there is no time to wait."""
    assert await come(monkeypatch, 350) == ["later", "cut off", "later"]


async def test_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a limit none is the last; of many, some are left over."""
    for limit, last in ((resource.RLIM_INFINITY, 10**7), (10**6, 10**6 - SPARE_DESCRIPTORS - 1)):
        monkeypatch.setattr(descriptors.resource, "getrlimit", lambda which, at=limit: (at, at))
        kept = asyncio.Event()
        keep_descriptors_free(
            cast("Any", Transport(last)), lambda port: False, lambda: None, kept.set
        )
        assert kept.is_set()


def test_shortages() -> None:
    """An error of the system that says so, and no other."""
    assert is_shortage(OSError(errno.EMFILE, "too many"))
    assert is_shortage(OSError(errno.ENFILE, "too many"))
    assert not is_shortage(OSError(errno.EPIPE, "broken"))
    assert not is_shortage(ValueError(errno.EMFILE))
    assert not is_shortage(None)


def test_more_may_wait() -> None:
    """A socket that listens for one lets a hundred wait, and goes on as it was."""
    with socket.create_server(("127.0.0.1", 0), backlog=1) as listening:
        lengthen_backlog([listening])
        waiting = [
            socket.create_connection(listening.getsockname(), timeout=0.5) for _ in range(100)
        ]
        assert listening.accept()[0].close() is None
    for each in waiting:
        each.close()


def test_a_limit_is_raised_where_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only as far as needed; what is above the system's own limit stays as it was."""
    limits = [(300, 5_000)]
    monkeypatch.setattr(descriptors.resource, "getrlimit", lambda kind: limits[-1])

    def change(kind: int, wanted: tuple[int, int]) -> None:
        if wanted[0] > wanted[1]:
            raise ValueError("current limit exceeds maximum limit")
        limits.append(wanted)

    monkeypatch.setattr(descriptors.resource, "setrlimit", change)
    assert allow_descriptors(1) and len(limits) == 1
    assert allow_descriptors(1_000)
    assert 1_000 + 2 * SPARE_DESCRIPTORS < limits[-1][0] < 2_000 and limits[-1][1] == 5_000
    assert not allow_descriptors(10_000) and len(limits) == 2
