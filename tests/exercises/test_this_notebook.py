"""Which notebook a kernel runs."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from labkit.exercises.this_notebook import find_number


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("/srv/ada/my-course/notebooks/03-a-raw-chat.ipynb", "03"),
        (r"C:\Users\Ada\my-course\notebooks\07-the-same-chat.ipynb", "07"),
        ("notebooks/mine-03-2-a-raw-chat.ipynb", "03"),
        ("notebooks/Untitled.ipynb", ""),
        ("c5b4e3c2-7c1e-4d55", ""),
        ("03-notes/Untitled.ipynb", ""),
    ],
)
def test_jupyters_server_says_it(monkeypatch: pytest.MonkeyPatch, path: str, number: str) -> None:
    """It is the number at the start of the file's name, if that is one of the course's."""
    monkeypatch.setenv("JPY_SESSION_NAME", path)
    assert find_number() == number


def test_visual_studio_code_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It sets a variable in the notebook itself."""
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    shell = SimpleNamespace(user_ns={"__vsc_ipynb_file__": "/srv/02-a-websocket.ipynb"})
    ipython = SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", ipython)  # type: ignore[arg-type]
    assert find_number() == "02"


def test_nobody_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program has no notebook."""
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert find_number() == ""
