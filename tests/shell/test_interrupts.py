"""What a cell shows that was interrupted."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from labkit.shell.interrupts import SENTENCE, explain_cancelled_cells


@pytest.fixture
def shell() -> Any:
    """Return as much of IPython's shell as is used."""
    shell = SimpleNamespace(custom_exceptions=(), shown=[])
    shell.set_custom_exc = lambda kinds, show: vars(shell).update(
        custom_exceptions=kinds, show=show
    )
    shell.showtraceback = lambda raised: shell.shown.append(raised[1]._render_traceback_())
    return shell


def test_the_sentence_stands_below_the_learners_lines(shell: Any) -> None:
    """It is the last line, and nothing of asyncio stands above it."""
    explain_cancelled_cells(shell)
    error = asyncio.CancelledError()
    shell.show(shell, type(error), error, None)
    assert shell.custom_exceptions == (asyncio.CancelledError,)
    assert [lines[-1] for lines in shell.shown] == [SENTENCE]


def test_a_handler_of_the_learners_stays(shell: Any) -> None:
    """What somebody has set is theirs."""
    shell.custom_exceptions = (ZeroDivisionError,)
    explain_cancelled_cells(shell)
    assert not hasattr(shell, "show")


def test_without_a_shell() -> None:
    """In a plain program there is nothing to do."""
    explain_cancelled_cells()
    assert not InteractiveShell.initialized()
