"""What travels in one direction of a connection."""

from __future__ import annotations

from labkit.protocols.stream import FIN, RST, StreamEnd


def test_ends_have_their_name_in_the_record() -> None:
    """A FIN half-closes, an RST resets, and both are equal to themselves alone."""
    assert (FIN.fact, RST.fact) == ("half-closed", "reset")
    assert FIN != RST
    assert StreamEnd("half-closed") == FIN
