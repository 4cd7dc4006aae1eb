"""How many connections a server has."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from labkit.exceptions import LabError
from labkit.transports.connection_limit import ConnectionLimit, check_limit


def test_those_beyond_the_limit_are_too_many() -> None:
    """They stay too many, and a place is free when one of the others has left."""
    present = ConnectionLimit(2)
    people = [asyncio.Protocol() for _ in range(4)]
    for each in people[:3]:
        present.add(each)
    assert [present.is_surplus(each) for each in people] == [False, False, True, False]
    present.discard(people[0])
    present.add(people[3])
    assert [present.is_surplus(each) for each in people] == [False, False, True, False]
    present.discard(people[2])
    present.discard(people[2])
    assert not present.is_surplus(people[2])
    assert "2 connections already" in present.refusal


@pytest.mark.parametrize("limit", [0, -1, 1.5, True, "5", None])
def test_a_limit_is_a_number(limit: Any) -> None:
    """Anything else is an error that names the option."""
    check_limit(1, "max_connections")
    with pytest.raises(LabError, match="`max_connections` must be a whole number, 1 or more"):
        check_limit(limit, "max_connections")
