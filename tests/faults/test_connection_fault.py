"""What faults have in common that see both directions of a connection."""

from __future__ import annotations

import pytest

from labkit.faults import IdleForget, IdleKill, LimitLife
from labkit.faults.connection_fault import ConnectionFault
from labkit.protocols.stream import FIN
from tests.support.turned_connection import TurnedConnection

FAULTS: list[ConnectionFault] = [IdleForget(3), IdleKill(3), LimitLife(4)]


def test_it_needs_live_parts() -> None:
    """One that says nothing of what it does cannot be made."""
    with pytest.raises(TypeError, match="make_live"):
        ConnectionFault()  # type: ignore[abstract]
    assert not ConnectionFault.has_direction


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
def test_what_was_sent_has_passed_in_order_when_it_is_removed(fault: ConnectionFault) -> None:
    """Both ways, with the ends, and no timer is left."""
    connection = TurnedConnection(fault)
    for n in range(100):
        connection.send(bytes((n,)), at=n / 10)
        connection.answer(bytes((n,)))
    connection.send(FIN)
    connection.remove(fault)
    assert connection.server.written == connection.client.written == bytes(range(100))
    assert connection.ends == [("upstream", FIN)] and not connection.loop.timers
