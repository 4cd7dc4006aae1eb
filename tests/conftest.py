"""What tests of all kinds share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def need() -> Callable[[str, object], None]:
    """Skip with a reason where something optional is missing; in CI nothing may be missing."""

    def check(what: str, found: object) -> None:
        if found:
            return
        if os.environ.get("CI"):
            pytest.fail(f"{what} is missing, and in CI nothing may be skipped")
        pytest.skip(f"{what} is not installed")

    return check


@pytest.fixture(scope="session")
def node_modules(need: Callable[[str, object], None]) -> Path:
    """Return the folder of the installed npm packages (`npm install --prefix tests`)."""
    need("Node", shutil.which("node"))
    modules = ROOT / "tests" / "node_modules"
    need("the npm packages of tests/package.json", modules.is_dir())
    return modules
