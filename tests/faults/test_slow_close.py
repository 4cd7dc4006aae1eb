"""A connection that takes its time to end."""

from __future__ import annotations

import asyncio
from types import ModuleType

import pytest

from labkit.exceptions import LabError
from labkit.faults import SlowClose
from labkit.protocols.stream import FIN, RST, Item
from tests.conftest import soon
from tests.faults.conftest import Stack
from tests.support.ends import open_ends, reset
from tests.support.timed import seconds_of
from tests.support.turned_clock import Line


@pytest.mark.parametrize("end", [FIN, RST], ids=lambda end: end.fact)
def test_only_the_end_is_late(end: Item) -> None:
    """Bytes pass at once, FIN and RST after the seconds."""
    line = Line(SlowClose(2))
    line.send(b"bye", at=1.0)
    line.send(end, at=1.5)
    assert line.passed_by(3.499) == [(1.0, b"bye")]
    assert line.passed_by(9) == [(1.0, b"bye"), (3.5, end)]


def test_bad_values() -> None:
    """Seconds are a number, 0 or more."""
    with pytest.raises(LabError, match="seconds must be a number from 0"):
        SlowClose(-1)


@pytest.mark.exhaustive
@pytest.mark.parametrize("how", ["half-close", "reset"])
async def test_an_end_on_a_link(lab: ModuleType, how: str) -> None:
    """The other side hears of it as late as asked."""
    async with open_ends() as ends:
        (_, to_server), (from_client, _) = await ends.pair()
        ends.link.add(SlowClose(0.3))
        to_server.write(b"bye")
        assert await from_client.readexactly(3) == b"bye"

        async def end() -> None:
            if how == "reset":
                reset(to_server)
                with pytest.raises(ConnectionResetError):
                    await asyncio.wait_for(from_client.read(), 5)
            else:
                to_server.write_eof()
                assert await asyncio.wait_for(from_client.read(), 5) == b""

        assert 0.3 <= await seconds_of(end) <= 1


@pytest.mark.exhaustive
async def test_a_client_that_leaves_on_both_stacks(lab: ModuleType, stack: Stack) -> None:
    """Its last message arrives; its TCP connections end as late as asked."""
    server = await lab.serve(stack.protocol)
    alice, bob = [await stack.join(lab, server, name) for name in ("alice", "bob")]
    alice.link.add(SlowClose(0.3))

    async def leave() -> None:
        await alice.say("bye")
        await bob.hears("bye")
        await alice.close()
        await soon(lambda: not alice.link.connection_count)

    assert 0.3 <= await seconds_of(leave) <= 2.5
