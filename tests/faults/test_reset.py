"""A connection that is reset as soon as something is sent over it."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.clock import clock
from labkit.exceptions import LabError
from labkit.faults import Reset
from labkit.faults.fault import Act
from labkit.protocols.stream import FIN
from labkit.transports.settings import HEARTBEAT
from tests.faults.conftest import Stack
from tests.support.timed import seconds_of
from tests.support.turned_clock import Line


def test_the_first_bytes_are_the_last() -> None:
    """They do not pass, and the connection is reset so many seconds after the first of them."""
    line = Line(Reset(after=2))
    line.send(b"a", at=1.0)
    line.send(b"b", FIN, at=2.0)
    assert line.passed_by(2.999) == [] and line.acts == []
    line.loop.turn_to(10)
    assert line.acts == [(3.0, Act.RESET)] and line.passed == []


def test_at_once() -> None:
    """Without seconds, the reset comes in the loop's next turn."""
    line = Line(Reset())
    line.send(b"a", at=1.0)
    line.loop.turn_to(1.0)
    assert line.acts == [(1.0, Act.RESET)]


def test_a_connection_on_which_nothing_is_sent_ends_as_it_would() -> None:
    """A FIN alone passes."""
    line = Line(Reset())
    line.send(FIN, at=1.0)
    line.loop.turn_to(10)
    assert line.passed == [(1.0, FIN)] and line.acts == []


def test_removed_in_time() -> None:
    """What is held passes, and there is no reset."""
    line = Line(Reset(after=2))
    line.send(b"a", at=1.0)
    line.stage.release()
    assert line.passed_by(10) == [(1.0, b"a")] and line.acts == []


def test_bad_values() -> None:
    """Seconds are a number, 0 or more."""
    with pytest.raises(LabError, match="after must be a number from 0"):
        Reset(after=-1)


@pytest.mark.exhaustive
async def test_a_message_on_both_stacks(lab: ModuleType, stack: Stack) -> None:
    """It is the last: the server never gets it, and the client's connection ends.

    A polling client has several: it goes on waiting in another one, at most until the next ping.
    """
    await lab.fresh(timescale=0.2)
    server = await lab.serve(stack.protocol)
    alice, bob = [await stack.join(lab, server, name) for name in ("alice", "bob")]
    alice.link.add(Reset(after=1), "upstream")

    async def end() -> None:
        await alice.say("lost")
        assert await alice.ends(within=10) in (1006, "transport error")

    assert clock.seconds(1) <= await seconds_of(end) <= clock.seconds(1 + HEARTBEAT) + 1
    alice.link.heal()
    await bob.say("was there anything?")
    await bob.close()
    assert "lost" not in bob.inbox
