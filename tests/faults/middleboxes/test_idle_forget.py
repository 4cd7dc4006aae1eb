"""A NAT that forgets a connection on which nothing has passed for a while, and tells nobody."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exceptions import LabError
from labkit.faults import IdleForget
from labkit.faults.fault import HOLD_LIMIT, Act
from labkit.protocols.stream import FIN, RST
from tests.conftest import soon
from tests.support.turned_connection import TurnedConnection


def test_after_silence_nothing_passes_any_more() -> None:
    """In neither direction, the end neither, however much is sent."""
    connection = TurnedConnection(IdleForget(3))
    connection.send(b"a", at=1)
    connection.answer(b"b", at=3.9)
    connection.send(b"c", at=6.8)
    connection.answer(b"d", at=9.8)
    connection.send(b"e", FIN, at=9.9)
    connection.answer(b"f", at=20)
    assert (connection.server.written, connection.client.written) == (b"ac", b"b")
    assert connection.ends == [] and connection.acts == [] and not connection.loop.timers


def test_a_connection_that_both_sides_have_given_up_is_over() -> None:
    """Else each that was forgotten would stay in the link until the fault goes."""
    connection = TurnedConnection(IdleForget(3))
    connection.send(b"a", at=9)
    connection.answer(FIN, at=10)
    connection.loop.turn_to(11)
    assert connection.acts == [] and connection.ends == []
    connection.send(RST, at=12)
    connection.loop.turn_to(12)
    assert connection.acts == [(12, Act.CUT)]
    other = TurnedConnection(IdleForget(3))
    other.send(FIN)
    other.answer(FIN)
    assert other.acts == [] and len(other.ends) == 2


def test_one_direction_may_count_alone() -> None:
    """What it forgets, it forgets both ways."""
    connection = TurnedConnection()
    connection.add(IdleForget(3), "upstream")
    connection.answer(b"a", at=2)
    connection.answer(b"b", at=3)
    connection.send(b"c", at=4)
    assert (connection.server.written, connection.client.written) == (b"", b"a")


def test_what_is_held_is_bounded_and_passes_when_it_goes() -> None:
    """As in a black hole: the link stops reading."""
    fault = IdleForget(1)
    connection = TurnedConnection(fault)
    connection.loop.turn_to(2)
    for _ in range(HOLD_LIMIT // 1000 + 1):
        connection.send(bytes(1000))
    assert not connection.client.is_read
    connection.remove(fault)
    assert len(connection.server.written) == (HOLD_LIMIT // 1000 + 1) * 1000
    assert connection.client.is_read


@pytest.mark.parametrize("seconds", [0, -1, "1"])
def test_bad_values(seconds: float) -> None:
    """The seconds are a number above 0."""
    with pytest.raises(LabError, match="seconds must be a number above 0"):
        IdleForget(seconds)


@pytest.mark.exhaustive
async def test_a_heartbeat_finds_out(lab: ModuleType) -> None:
    """If it is slower than the NAT forgets, both sides learn it only by its timeout."""
    await lab.fresh(timescale=0.2)
    server = await lab.serve("websocket")
    alice = await lab.connect(server, "alice")
    alice.link.add(IdleForget(3))
    await soon(lambda: alice.state != "open")
    await soon(lambda: server.connection_count == 0)
    assert alice.close_code == 1006
    await soon(lambda: not alice.link.connections)
    facts = alice.link.trace.facts()
    assert {"half-closed upstream", "half-closed downstream"} <= set(facts[:-1])
    assert facts[-1] == "cut: IdleForget(3)"
