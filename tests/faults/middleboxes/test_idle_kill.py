"""A proxy that closes a connection on which nothing has passed for a while."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exceptions import LabError
from labkit.faults import IdleKill, Latency
from labkit.faults.fault import Act
from labkit.protocols.stream import FIN
from tests.conftest import soon
from tests.support.turned_connection import TurnedConnection


def test_silence_ends_the_connection() -> None:
    """Also if nothing ever passed."""
    connection = TurnedConnection(IdleKill(3))
    connection.loop.turn_to(2.9)
    assert connection.acts == []
    connection.loop.turn_to(3)
    assert connection.acts == [(3, Act.CUT)]
    assert not connection.loop.timers


def test_what_passes_either_way_counts() -> None:
    """Each byte, and a FIN, begins the time anew, with one timer however much passes."""
    connection = TurnedConnection(IdleKill(3))
    for n in range(1, 1000):
        connection.send(b"a", at=n / 100)
    connection.answer(b"b", at=12)
    connection.answer(FIN, at=14)
    assert len(connection.loop.timers) == 1 and connection.acts == []
    connection.loop.turn_to(30)
    assert connection.acts == [(17, Act.CUT)]


def test_one_direction_may_count_alone() -> None:
    """As for nginx, which waits for the server."""
    connection = TurnedConnection()
    connection.add(IdleKill(3), "downstream")
    connection.answer(b"a", at=1)
    connection.send(b"b", at=3)
    connection.loop.turn_to(9)
    assert connection.acts == [(4, Act.CUT)]


def test_other_values_count_from_now_and_nothing_is_left_of_it() -> None:
    """Once it is removed, nothing is cut."""
    fault = IdleKill(3)
    connection = TurnedConnection(fault)
    connection.loop.turn_to(2)
    connection.change(fault, IdleKill(2))
    connection.loop.turn_to(3.5)
    assert connection.acts == [] and len(connection.loop.timers) == 1
    connection.remove(IdleKill(2))
    assert not connection.loop.timers


@pytest.mark.parametrize("seconds", [0, -1, "1"])
def test_bad_values(seconds: float) -> None:
    """The seconds are a number above 0."""
    with pytest.raises(LabError, match="seconds must be a number above 0"):
        IdleKill(seconds)


@pytest.mark.exhaustive
async def test_a_connection_that_nobody_uses(lab: ModuleType) -> None:
    """It ends with FIN, without a close frame; one with a faster heartbeat stays."""
    await lab.fresh(timescale=0.2)
    server = await lab.serve("websocket")  # with a heartbeat each 5 s
    alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
    bob.link.add(IdleKill(8))
    alice.link.add(IdleKill(3))
    alice.link.add(Latency(0.1))
    await soon(lambda: alice.state != "open")
    assert alice.close_code == 1006
    await soon(lambda: len(bob.link.trace.rows(kind="ping")) >= 3)
    assert bob.state == "open"
    assert "cut: IdleKill(3)" in alice.link.trace.facts()
