"""The states of a connection, as a table."""

from labkit.protocols.states import STATES, TRANSITIONS


def test_each_state_has_a_shape_and_a_word_of_its_own() -> None:
    """No two states look alike without colour."""
    assert len({look.shape for look in STATES.values()}) == len(STATES)
    assert len({look.word for look in STATES.values()}) == len(STATES)


def test_transitions_lead_to_known_states() -> None:
    """Each state may be left, for states of the table only."""
    assert set(TRANSITIONS) == set(STATES)
    assert all(set(after) <= set(STATES) and after for after in TRANSITIONS.values())
