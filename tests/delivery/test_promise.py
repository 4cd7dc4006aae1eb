"""What is promised about messages."""

from __future__ import annotations

import pytest

from labkit.delivery import Promise
from labkit.exceptions import LabError


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"delivery": "once"}, "'at most once', 'at least once', 'exactly once', not 'once'"),
        ({"order": "causal"}, "order must be one of None, 'per sender', 'total', not 'causal'"),
        ({"audience": "me"}, "'others', 'everybody' or a function, not 'me'"),
        ({"acknowledged": 1}, "acknowledged must be one of False, True, not 1"),
        ({"replayed": "yes"}, "replayed must be"),
        ({"fresh_for": -1}, "fresh_for must be a number of messages"),
        ({"fresh_for": 0.5}, "fresh_for must be a number of messages"),
        ({"fresh_for": True}, "fresh_for must be a number of messages"),
    ],
)
def test_a_wrong_value_is_refused(wrong: dict[str, object], text: str) -> None:
    """The error names what is allowed."""
    with pytest.raises(LabError, match=text):
        Promise(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("promise", "own", "bobs"),
    [
        (Promise(), False, True),
        (Promise(audience="everybody"), True, True),
        (Promise(audience=lambda sender, receiver: receiver == "store"), False, False),
    ],
)
def test_the_audience_of_a_message(promise: Promise, own: bool, bobs: bool) -> None:
    """All but the sender, everybody, or whom a function names."""
    assert promise.is_for("alice", "alice") is own
    assert promise.is_for("alice", "bob") is bobs
    assert Promise(audience=lambda sender, receiver: receiver == "store").is_for("alice", "store")
