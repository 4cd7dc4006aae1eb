"""The course has one reading order, and no page sends anybody to a notebook that is not there."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from tests.conftest import ROOT
from tests.support.notebooks import PATHS

EXISTING = {path.name[:2] for path in PATHS}

MENTION = re.compile(r"[Nn]otebooks? (\d\d(?:(?:, | and |, and )\d\d)*)( \(planned\)|, planned)?")
"""One notebook or several, by their numbers, and the word for those that are still to come."""


def prose(path: Path) -> list[str]:
    """Return the sources of a notebook's Markdown cells."""
    cells = nbformat.read(path, as_version=4).cells
    return [str(cell.source) for cell in cells if cell.cell_type == "markdown"]


def title(path: Path) -> str:
    """Return a notebook's title."""
    return prose(path)[0].partition("\n")[0].removeprefix("# ").partition(":")[0]


def texts() -> Iterator[tuple[str, str]]:
    """Give the README and each cell of prose, with its file."""
    yield "README.md", (ROOT / "README.md").read_text("utf-8")
    for path in PATHS:
        yield from ((path.name, text) for text in prose(path))


def test_the_readme_lists_the_notebooks_in_their_order() -> None:
    """Each row has a notebook's number, title, file and minutes; the last column is its time."""
    row = re.compile(r"^\| (\d\d) \| \[([^\]]+)\]\(notebooks/([^)]+)\) \|.*\| (\d+) \|$", re.M)
    listed = row.findall((ROOT / "README.md").read_text("utf-8"))
    minutes = [re.findall(r"\*\*Time\*\*: (\d+) minutes", prose(path)[0])[0] for path in PATHS]
    wanted = [(p.name[:2], title(p), p.name, m) for p, m in zip(PATHS, minutes, strict=True)]
    assert listed == wanted


@pytest.mark.parametrize(("path", "after"), list(itertools.pairwise(PATHS)))
def test_a_page_ends_with_the_next_one(path: Path, after: Path) -> None:
    """The last line of prose links the notebook that follows, by its title and its number."""
    line = f"**Next**: [{title(after)}]({after.name}), notebook {after.name[:2]}."
    assert prose(path)[-1].splitlines()[-1] == line


def test_the_last_page_says_that_it_is_the_last() -> None:
    """It names what is planned, and nothing to click."""
    line = prose(PATHS[-1])[-1].splitlines()[-1]
    assert re.match(r"\*\*Next\*\*: notebook \d\d \(planned\)", line) and "](" not in line


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_page_needs_only_what_comes_before_it(path: Path) -> None:
    """Whoever reads in the order has read what a page asks for."""
    (needs,) = re.findall(r"\*\*You need\*\* (.*)", prose(path)[0])
    assert all(number < path.name[:2] for number in re.findall(r"\d\d", needs))


def test_a_notebook_that_does_not_exist_is_planned() -> None:
    """Whoever looks for it learns that it is still to come, and nothing that exists is planned."""
    found = [(file, match) for file, text in texts() for match in MENTION.finditer(text)]
    assert len(found) > 20
    for file, match in found:
        missing = [n for n in re.findall(r"\d\d", match[1]) if n not in EXISTING]
        assert bool(missing) == bool(match[2]), f"{file}: {match[0]}"
