"""SECURITY.md: what it names is there."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT

TEXT = (ROOT / "SECURITY.md").read_text("utf-8")
PATHS = sorted(set(re.findall(r"`((?:[\w-]+/)+[\w.-]+|[\w.-]+\.(?:py|txt|json|toml|yml))`", TEXT)))


@pytest.mark.parametrize("path", [path for path in PATHS if path != "hashed.txt"])
def test_each_file_that_it_names_is_there(path: str) -> None:
    """A file that has moved is named at its new place."""
    assert (ROOT / path).is_file()


def test_its_proofs_are_many() -> None:
    """Each row of the table of attacks names a test."""
    table = TEXT.partition("## How each is handled")[2].partition("\n\nlabkit sends nothing")[0]
    rows = [line for line in table.splitlines() if line.startswith("|")][2:]
    assert len(rows) >= 9
    assert all("`tests/" in row for row in rows)
