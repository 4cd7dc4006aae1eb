"""The names that the bench gives."""

from __future__ import annotations

from itertools import islice

import pytest

from labkit.bench.names import PEOPLE, check_name, client_names, numbered_names
from labkit.exceptions import LabError


def test_clients_are_people_first_and_then_guests() -> None:
    """However many there are, each has another name."""
    names = list(islice(client_names(), 100))
    assert names[:8] == list(PEOPLE) and names[8:10] == ["guest", "guest1"]
    assert len(set(names)) == 100


def test_further_ones_have_numbers() -> None:
    """The first has none."""
    assert list(islice(numbered_names("link"), 3)) == ["link", "link1", "link2"]


@pytest.mark.parametrize("name", [0, 7, "", " ", b"alice", ["alice", "bob"], object()])
def test_a_name_is_a_text(name: object) -> None:
    """Anything else gets a sentence, instead of another name or a view that breaks."""
    with pytest.raises(LabError, match="A name must be a non-empty string"):
        check_name(name)


def test_no_name_and_any_text_will_do() -> None:
    """None leaves the choice to the bench."""
    for name in (None, "alice", "Ünal 2"):
        check_name(name)
