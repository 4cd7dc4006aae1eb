"""What an acknowledgement is waited for with."""

from __future__ import annotations

import pytest

from labkit.transports.socketio.receipts import Receipt


@pytest.mark.parametrize(
    ("values", "value"), [((), None), (("a",), "a"), (("a", 1), ("a", 1)), ((None,), None)]
)
def test_what_was_answered(values: tuple[object, ...], value: object) -> None:
    """Nothing, one value, or several in a tuple."""
    told: list[Receipt] = []
    receipt = Receipt(told.append)
    assert not receipt.done
    receipt(*values)
    assert receipt.done and receipt.value == value and told == [receipt]


def test_a_failure() -> None:
    """It is done, with a reason."""
    told: list[Receipt] = []
    Receipt(told.append).fail("no handler")
    assert told[0].done and told[0].failure == "no handler"
