"""A step of a run."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.delivery.step import MAX_PAUSE, Back, Cut, CutAtMessage, Say
from labkit.exceptions import LabError


def test_a_step_says_what_it_does() -> None:
    """In words, with its pause."""
    assert str(Say("alice")) == "alice says"
    assert str(Cut("alice", pause=1)) == "cut alice, then 1 turn of the loop"
    assert str(CutAtMessage("alice")) == "cut alice at the next message from alice"
    assert str(CutAtMessage("bob", "downstream")) == "cut bob at the next message to bob"
    assert str(Back("bob", pause=3)) == "bob is back, then 3 turns of the loop"


@pytest.mark.parametrize("direction", ["both", "", 7])
def test_a_message_goes_in_one_direction(direction: Any) -> None:
    """From the client, or to it."""
    with pytest.raises(LabError, match='direction must be "upstream" or "downstream"'):
        CutAtMessage("alice", direction)


@pytest.mark.parametrize("name", ["", "a b", 7, None, "alice#1", "probe", "store"])
def test_a_name_must_fit_into_the_id_of_a_message(name: Any) -> None:
    """Spaces and signs do not, and two names are taken."""
    with pytest.raises(LabError, match="A client of a run has a name"):
        Say(name)


@pytest.mark.parametrize("pause", [-1, 1.5, True, "1", MAX_PAUSE + 1])
def test_a_pause_is_a_number_of_turns(pause: Any) -> None:
    """From none to a thousand."""
    with pytest.raises(LabError, match="pause must be"):
        Back("alice", pause=pause)
