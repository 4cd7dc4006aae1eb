"""A gateway that lets no connection live for long."""

from __future__ import annotations

from types import ModuleType

import pytest

from labkit.exceptions import LabError
from labkit.faults import LimitLife
from labkit.faults.fault import Act
from tests.conftest import soon
from tests.support.turned_connection import TurnedConnection


def test_a_connection_is_cut_however_busy_it_is() -> None:
    """The time counts from when the fault begins to act."""
    connection = TurnedConnection(LimitLife(4))
    for n in range(1, 39):
        connection.send(b"a", at=n / 10)
    assert connection.acts == []
    connection.loop.turn_to(9)
    assert connection.acts == [(4, Act.CUT)]


def test_removed_in_time() -> None:
    """Nothing is left of it."""
    fault = LimitLife(4)
    connection = TurnedConnection(fault)
    connection.remove(fault)
    assert not connection.loop.timers


@pytest.mark.parametrize("seconds", [0, -1, "1"])
def test_bad_values(seconds: float) -> None:
    """The seconds are a number above 0."""
    with pytest.raises(LabError, match="seconds must be a number above 0"):
        LimitLife(seconds)


async def test_a_client_that_comes_back_gets_as_long_again(lab: ModuleType) -> None:
    """Each connection has its own time."""
    await lab.fresh(timescale=0.15)
    server = await lab.serve("websocket")
    link = await lab.link(server)
    link.add(LimitLife(3))
    for name in ("alice", "bob"):
        client = await lab.connect(link, name)
        await soon(lambda client=client: client.state != "open")
        assert client.close_code == 1006
    assert link.faults[0].connection_count == 2
