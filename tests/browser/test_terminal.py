"""JupyterLab's terminal: what pages name is found there, whoever opens it."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Jupyter
from tests.support.terminal import type_in_terminal

FOLDERS = {"menu": {}, "launcher": {"cwd": "notebooks"}, "launcher on top": {"cwd": ""}}
"""What JupyterLab asks for: nothing, or the folder that its list of files shows."""


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=list(FOLDERS))
def test_the_commands_are_found(jupyter: Jupyter, folder: dict[str, str]) -> None:
    """From wherever it is opened, it finds `labkit`, the libraries and the examples."""
    with jupyter.notebook("00-start-here.ipynb") as opened:
        command = "pwd; ls examples/*; labkit python -m websockets --version; labkit doctor; "
        command += "echo status=$?"
        seen = type_in_terminal(opened.page, command, **folder)
    assert "loopback WebSocket" in seen and "status=0" in seen
    assert "/my-course/notebooks\r\n" in seen
    assert "examples/00_echo.py" in seen and "websockets 1" in seen
