"""nbclient's client, which starts a second kernel."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec

from labkit.commands import notebook_client
from labkit.commands.notebook_client import NOT_STARTED, make_client

pytestmark = pytest.mark.exhaustive

DYING = KernelSpec(argv=[sys.executable, "-c", ""], display_name="dies", language="python")


def let_die(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first kernels end before they begin."""
    make = notebook_client.make_manager
    left = [DYING] * number

    def instead() -> Any:
        manager = make()
        if left:
            manager._kernel_spec = left.pop()
        return manager

    monkeypatch.setattr(notebook_client, "make_manager", instead)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Any]:
    """Give a client of a notebook that says where it is."""
    cell = nbformat.v4.new_code_cell("import os; print(os.getcwd())")
    client = make_client(nbformat.v4.new_notebook(cells=[cell]), tmp_path)
    yield client
    atexit.unregister(client._cleanup_kernel)  # left behind by nbclient if no kernel starts


def test_a_kernel_that_does_not_start_is_followed_by_another(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs all cells, in the folder in which the first one was to run them."""
    let_die(1, monkeypatch)
    (ran,) = client.execute().cells
    assert Path(ran.outputs[0].text.strip()) == tmp_path.resolve()


def test_two_that_do_not_start_are_enough(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something else is wrong than that its port was taken."""
    let_die(2, monkeypatch)
    with pytest.raises(RuntimeError, match=NOT_STARTED[0]):
        client.execute()
