"""A pending acknowledgement."""

from __future__ import annotations

import pytest

from labkit.exceptions import HandlerFailed
from labkit.transports.socketio.client.pending_acks import PendingAck


@pytest.mark.parametrize(
    ("values", "value"), [((), None), (("a",), "a"), (("a", 1), ("a", 1)), ((None,), None)]
)
def test_what_was_answered(values: tuple[object, ...], value: object) -> None:
    """Nothing, one value, or several in a tuple."""
    told: list[PendingAck] = []
    pending_ack = PendingAck(told.append)
    assert not pending_ack.done
    pending_ack(*values)
    assert pending_ack.done and pending_ack.result("order") == value and told == [pending_ack]


def test_a_failure() -> None:
    """It is done, with a reason."""
    told: list[PendingAck] = []
    PendingAck(told.append).fail("no handler")
    assert told[0].done and told[0].failure == "no handler"
    with pytest.raises(HandlerFailed, match="No acknowledgement will come for 'order': no handler"):
        told[0].result("order")
