"""To which cell a kernel's messages belong."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from labkit.shell.cell_parents import REMEMBERED, keep_cell_parents


class Kernel:
    """As much of ipykernel's as is used: one parent for all."""

    def __init__(self) -> None:
        self.parent: Any = {}
        self.hooks: list[Any] = []
        events = SimpleNamespace(register=lambda name, hook: self.hooks.append((name, hook)))
        self.shell = SimpleNamespace(kernel=self, events=events)

    def get_parent(self, channel: str) -> Any:
        """Return the parent of what is sent."""
        return self.parent

    def set_parent(self, ident: bytes, parent: Any, channel: str = "shell") -> None:
        """Set it."""
        self.parent = parent

    def begin(self, name: str) -> None:
        """Begin a cell, as ipykernel does: the parent, then the event."""
        self.set_parent(b"", message(name))
        for event, hook in self.hooks:
            assert event == "pre_execute"
            hook()


def message(name: str) -> Any:
    """Return a message."""
    return {"header": {"msg_id": name}}


@pytest.fixture
def kernel() -> Kernel:
    """Return a kernel in whose first cell labkit is imported."""
    kernel = Kernel()
    kernel.begin("first")
    keep_cell_parents(kernel.shell)
    return kernel


@pytest.mark.parametrize("earlier", ["first", "second"])
def test_an_earlier_cell_is_no_parent_any_more(kernel: Kernel, earlier: str) -> None:
    """What ipykernel restores late is ignored once the next cell has begun."""
    for name in ("second", "third"):
        kernel.begin(name)
    kernel.set_parent(b"", message(earlier))
    assert kernel.parent == message("third")


def test_the_cell_that_runs_is_restored(kernel: Kernel) -> None:
    """After a widget's message, the parent is the cell again; a second cell may begin."""
    kernel.begin("second")
    kernel.set_parent(b"", message("of a widget"))
    assert kernel.parent == message("of a widget")
    kernel.set_parent(b"", message("second"))
    assert kernel.parent == message("second")
    kernel.begin("third")
    assert kernel.parent == message("third")


def test_it_is_done_once(kernel: Kernel) -> None:
    """To import labkit again changes nothing."""
    keep_cell_parents(kernel.shell)
    assert len(kernel.hooks) == 1


def test_few_cells_are_remembered(kernel: Kernel) -> None:
    """A parent is late by turns of the loop only."""
    for number in range(REMEMBERED + 1):
        kernel.begin(str(number))
    kernel.set_parent(b"", message("first"))
    assert kernel.parent == message("first")


def test_without_a_kernel() -> None:
    """In a plain program, or in a terminal's IPython, there is nothing to do."""
    keep_cell_parents()
    keep_cell_parents(SimpleNamespace())
