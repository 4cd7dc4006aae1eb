"""The command line's output obeys nobody but labkit."""

from __future__ import annotations

import ast
import sys

import pytest

from labkit.commands.output import print_text
from tests.conftest import ROOT
from tests.support.untrusted import HOSTILE, hidden_in


def test_nothing_printed_is_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines stay lines; what a terminal would obey is shown instead."""
    print_text(f"first\n\t{HOSTILE}", sys.stderr)
    printed = capsys.readouterr().err
    assert printed.startswith("first\n\t␛]0;OWNED␇")
    assert not hidden_in(printed, lines=True)


def test_nothing_is_printed_past_it() -> None:
    """The command line prints through `print_text`; only `check` draws its bar by itself."""
    files = [ROOT / "labkit" / "cli.py", *(ROOT / "labkit" / "commands").glob("*.py")]
    printing = {
        path.name
        for path in files
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "sys.stdout.write")
    }
    assert printing == {"output.py", "check.py"}
