"""The course's notebooks, for tests that run them."""

from __future__ import annotations

from typing import Any

from tests.conftest import ROOT

PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def compared(cell: Any) -> list[dict[str, Any]]:
    """Return of a cell's outputs what nbval compares."""
    skipped = {"metadata", "execution_count", "traceback", "output_type"}
    return [{k: v for k, v in output.items() if k not in skipped} for output in cell.outputs]
