"""What a page shows is the same for somebody who types into each box that it shows."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from labkit.commands.check_copy import compared_outputs
from labkit.commands.refresh import tidy_notebook
from tests.support.notebooks import PATHS, failures, run_notebook

TYPE = """
import asyncio
for shown in [{names}]:
    if isinstance(shown, lab.Client) and shown.state == "open":
        await shown.say(f"hello! typed by {{shown.name}}")
await asyncio.sleep(0.3)  # sleeps: a person is not faster
"""

TYPED = re.compile(r"(, )?'hello! typed by \w+'")


def boxes(source: str) -> list[str]:
    """Return what a cell gives to `lab.show`, as it is written there."""
    calls = [node for node in ast.walk(parsed(source)) if isinstance(node, ast.Call)]
    shown = [call for call in calls if ast.unparse(call.func) == "lab.show"]
    return [ast.unparse(argument) for call in shown for argument in call.args]


def parsed(source: str) -> ast.AST:
    """Parse a cell, which may await where a module may not."""
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree = compile(source, "cell", "exec", flags)
    assert isinstance(tree, ast.AST)
    return tree


def told(cell: Any) -> list[dict[str, Any]]:
    """Return a cell's outputs without what was typed, and without views: they do show it."""
    texts = [
        output for output in compared_outputs(cell) if "text/html" not in output.get("data", {})
    ]
    for output in texts:
        if "text/plain" in output.get("data", {}):
            output["data"] = {"text/plain": TYPED.sub("", output["data"]["text/plain"])}
    return texts


async def type_into_each_box(path: Path) -> None:
    """Run a notebook, type after each cell into its boxes, and compare what the cells tell."""
    stored = nbformat.read(path, as_version=4)
    typed = nbformat.v4.new_notebook(metadata=stored.metadata)
    cells = [cell for cell in stored.cells if cell.cell_type == "code"]
    for cell in cells:
        typed.cells.append(nbformat.v4.new_code_cell(cell.source, metadata=cell.metadata))
        typed.cells[-1].id = cell.id
        if names := boxes(cell.source):
            typed.cells.append(nbformat.v4.new_code_cell(TYPE.format(names=", ".join(names))))
    assert len(typed.cells) > len(cells)
    await run_notebook(typed, path.parent)
    tidy_notebook(typed)
    after = {cell.id: cell for cell in typed.cells}
    for cell in cells:
        assert told(after[cell.id]) == told(cell), cell.source


@pytest.mark.exhaustive
@pytest.mark.timeout(600)
async def test_typing_into_each_box_changes_no_result() -> None:
    """After each cell with open boxes, somebody types into all; later cells give the same."""
    with_boxes = [path for path in PATHS if path.stem != "14-the-court"]
    assert await failures(type_into_each_box, with_boxes) == {}
