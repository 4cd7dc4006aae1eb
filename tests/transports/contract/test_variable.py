"""A client's name as the variable in a line of code that an error suggests."""

from __future__ import annotations

import pytest

from labkit.transports.contract.variable import variable_of


@pytest.mark.parametrize("name", ["alice", "zoé", "bob_2", "websocket 11", "zoé ☃", "2", "from"])
def test_a_line_that_python_reads(name: str) -> None:
    """A name that Python allows is itself; in place of another one stands `client`."""
    variable = variable_of(name)
    assert variable == ("client" if name in ("websocket 11", "zoé ☃", "2", "from") else name)
    compile(f"{variable}.link.heal()", "<cell>", "eval")
