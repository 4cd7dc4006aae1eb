"""What faults have in common that act on a link as a whole."""

from __future__ import annotations

import pytest

from labkit.faults import LimitConnections, NoOp, RotateConnections
from labkit.faults.link_fault import AcceptFault, DialFault, LinkFault


@pytest.mark.parametrize(("kind", "what"), [(AcceptFault, "admits"), (DialFault, "choose_server")])
def test_it_decides_one_thing(kind: type[AcceptFault | DialFault], what: str) -> None:
    """One that does not cannot be made."""
    with pytest.raises(TypeError, match=what):
        kind()


def test_both_are_faults_of_a_link() -> None:
    """Whoever asks need not know which."""
    faults = (LimitConnections(1), RotateConnections(("ws://127.0.0.1:1/",)), NoOp())
    assert [isinstance(fault, LinkFault) for fault in faults] == [True, True, False]
