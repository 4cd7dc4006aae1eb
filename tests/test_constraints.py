"""`constraints.txt` pins everything, for every system, without an address."""

from __future__ import annotations

import re
import tomllib

from tests.conftest import ROOT

LINES = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_each_line_is_an_exact_pin() -> None:
    """Each line pins one public version, perhaps for some systems only."""
    for line in LINES:
        assert re.fullmatch(r"[a-z0-9.-]+==[0-9][0-9a-z.]*( ; .+)?", line), line


def test_there_is_no_address() -> None:
    """No line says where a package comes from."""
    assert not [line for line in LINES if "://" in line or "@" in line]


def test_every_direct_dependency_is_pinned() -> None:
    """What pyproject.toml asks for, with any extra, is pinned."""
    extras = PROJECT["optional-dependencies"].values()
    asked = [*PROJECT["dependencies"], *(name for extra in extras for name in extra)]
    names = {re.split(r"[\[<>=]", name)[0] for name in asked} - {"labkit"}
    assert names <= {line.split("==")[0] for line in LINES}


def test_the_pins_hold_for_every_system() -> None:
    """Packages that only Windows or macOS needs are pinned too."""
    text = "\n".join(LINES)
    assert "sys_platform == 'win32'" in text
    assert "sys_platform == 'darwin'" in text
