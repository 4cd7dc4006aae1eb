"""A connection that ends after so many bytes."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

import pytest

from labkit.exceptions import ConnectError, Disconnected, LabError, NotHeard
from labkit.faults import LimitData
from labkit.faults.fault import make_close
from labkit.protocols.stream import FIN
from tests.conftest import soon
from tests.faults.conftest import Stack
from tests.support.turned_clock import Line


@pytest.mark.parametrize("chunks", [[b"abcdef"], [b"ab", b"cd", b"ef"], [b"abcd", b"ef"]])
def test_the_bytes_up_to_there_pass(chunks: list[bytes]) -> None:
    """Then both sides are closed, and what comes later is lost."""
    fault = LimitData(4)
    line = Line(fault)
    line.send(*chunks, at=1.0)
    assert line.bytes == b"abcd"
    assert line.passed[-1] == (1.0, make_close(fault))
    line.send(b"more")
    assert line.bytes == b"abcd" and line.stage.held == 0


def test_below_the_limit_nothing_happens() -> None:
    """A connection may end before."""
    line = Line(LimitData(4))
    line.send(b"abc", FIN, at=1.0)
    assert line.passed == [(1.0, b"abc"), (1.0, FIN)]


def test_no_bytes_at_all() -> None:
    """With 0, the first bytes close it."""
    fault = LimitData(0)
    line = Line(fault)
    assert line.passed == []
    line.send(b"abc", at=1.0)
    assert line.passed == [(1.0, make_close(fault))]


@pytest.mark.parametrize("limit", [-1, 1.5, True])
def test_bad_values(limit: int) -> None:
    """The limit is a whole number, 0 or more."""
    with pytest.raises(LabError, match="bytes must be a whole number from 0"):
        LimitData(limit)


async def fate(lab: ModuleType, stack: Stack, server: Any, limit: int, direction: str) -> str:
    """Return what becomes of a client whose connections end after so many bytes."""
    link = await lab.link(server, name=f"{direction} {limit}")
    link.add(LimitData(limit), direction)
    try:
        client = await stack.join(lab, link, f"{direction} {limit}")
    except ConnectError as error:
        assert "LimitData" in str(error), error
        return "not connected"
    try:
        await client.say("x" * 300)
        await client.hears("x" * 300, within=1)
    except (Disconnected, NotHeard):
        return "ended" if client.state == "closed" else "silent"
    finally:
        async with asyncio.timeout(3):
            await client.close()
            await link.close()
    return "heard"


async def echo(connection: Any) -> None:
    """Send back what comes."""
    async for message in connection:
        await connection.send(message)


@pytest.mark.exhaustive
@pytest.mark.parametrize("direction", ["upstream", "downstream"])
async def test_at_every_byte_of_handshake_and_first_frames(lab: ModuleType, direction: str) -> None:
    """Wherever a raw connection ends, nobody waits: not for the handshake, not for a message."""
    server = await lab.serve(echo)
    fates: list[str] = []
    for start in range(0, 401, 20):
        limits = range(start, min(start + 20, 401))
        trying = (fate(lab, Stack("websocket"), server, limit, direction) for limit in limits)
        async with asyncio.timeout(30):
            fates += await asyncio.gather(*trying)
    assert set(fates) == {"not connected", "ended"}
    assert fates == sorted(fates, reverse=True)
    await soon(lambda: not server.connections)


@pytest.mark.exhaustive
@pytest.mark.parametrize("direction", ["upstream", "downstream"])
async def test_on_both_stacks(lab: ModuleType, stack: Stack, direction: str) -> None:
    """At every seventh byte, attempts and waits are bounded, and nothing is left."""
    await lab.fresh(timescale=0.2)
    server = await lab.serve(stack.protocol)
    for start in range(0, 401, 70):
        limits = range(start, min(start + 70, 401), 7)
        trying = (fate(lab, stack, server, limit, direction) for limit in limits)
        async with asyncio.timeout(30):
            await asyncio.gather(*trying)
    await soon(lambda: not server.connections)
