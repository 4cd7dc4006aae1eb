"""JupyterLab's terminal: the commands that pages name are found there."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Jupyter
from tests.support.terminal import type_in_terminal


@pytest.mark.parametrize("folder", [{}, {"cwd": "notebooks"}], ids=["menu", "launcher"])
def test_the_command_is_found(jupyter: Jupyter, folder: dict[str, str]) -> None:
    """Opened by the menu or by the launcher, it finds `labkit`, and is in the working copy."""
    with jupyter.notebook("00-start-here.ipynb") as opened:
        seen = type_in_terminal(opened.page, "pwd; labkit doctor; echo status=$?", **folder)
    assert "loopback WebSocket" in seen and "status=0" in seen
    assert ("/my-course/notebooks\r\n" if folder else "/my-course\r\n") in seen
