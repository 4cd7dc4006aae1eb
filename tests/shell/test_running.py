"""Finding IPython's shell."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from labkit.shell.running import running_shell


def test_in_a_plain_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is none, whether IPython is imported or not."""
    assert running_shell() is None
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert running_shell() is None
    assert "IPython" not in sys.modules


def test_in_a_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is what IPython says."""
    shell = object()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert running_shell() is shell
