"""The names that the bench gives."""

from __future__ import annotations

from itertools import islice

from labkit.names import PEOPLE, client_names, numbered


def test_clients_are_people_first_and_then_guests() -> None:
    """However many there are, each has another name."""
    names = list(islice(client_names(), 100))
    assert names[:8] == list(PEOPLE) and names[8:10] == ["guest", "guest1"]
    assert len(set(names)) == 100


def test_further_ones_have_numbers() -> None:
    """The first has none."""
    assert list(islice(numbered("link"), 3)) == ["link", "link1", "link2"]
