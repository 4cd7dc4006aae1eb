"""The picture of the states."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from labkit.protocols.states import STATES, TRANSITIONS
from labkit.views.states import picture
from tests.conftest import ROOT


@pytest.mark.parametrize("reconnecting", [True, False])
def test_every_state_and_transition_is_drawn(reconnecting: bool) -> None:
    """A box for each state, a line for each transition, and the same in words."""
    drawing = ElementTree.fromstring(picture(reconnecting))
    states = [state for state in STATES if reconnecting or state != "reconnecting"]
    lines = [e for e in drawing.iter() if e.tag.endswith("line")]
    assert len(lines) == sum(after in states for state in states for after in TRANSITIONS[state])
    words = " ".join(e.text or "" for e in drawing.iter())
    for state in states:
        assert STATES[state].word in words
    assert ("Reconnecting" in words) == reconnecting


def test_the_notebooks_picture_is_drawn_from_the_tables() -> None:
    """The stored picture is what the tables give today."""
    stored = ROOT / "notebooks" / "pictures" / "states.svg"
    assert stored.read_text("utf-8") == picture()
