"""The two directions of a connection."""

from labkit.protocols.directions import DIRECTIONS


def test_there_are_two_and_the_clients_comes_first() -> None:
    """Whoever goes through both directions sees a request before its answer."""
    assert DIRECTIONS == ("upstream", "downstream")
