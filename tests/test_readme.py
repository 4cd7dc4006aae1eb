"""The README's tour works as it is printed, from its first block to its last."""

from __future__ import annotations

import ast
import inspect
import re
from types import ModuleType
from typing import Any

import pytest

from tests.conftest import ROOT

BLOCKS = re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.M | re.S)


async def run(block: str, names: dict[str, Any]) -> None:
    """Run a block as a notebook runs a cell, which may await."""
    code = compile(block, "README.md", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(code, names)
    if inspect.isawaitable(result):
        await result


@pytest.mark.exhaustive
async def test_the_tour_runs(lab: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block is a cell of one notebook; none fails, and nothing fails unseen."""
    monkeypatch.setenv("LABKIT_REPEATS", "2")
    assert len(BLOCKS) > 8
    names: dict[str, Any] = {}
    for block in BLOCKS:
        await run(block, names)
    await lab.finish()
