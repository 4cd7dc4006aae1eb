"""The scripts and style sheets of the pages, mostly by the tools of their own world, from npm.

`npm install --prefix tests` installs them, Node runs them; without either these are skipped.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from labkit.front_end.joiner import join_modules
from tests.conftest import ROOT

STYLES = {
    path.relative_to(ROOT / "labkit").as_posix(): re.sub(
        r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL
    )
    for path in sorted((ROOT / "labkit").rglob("*.css"))
}
"""The style sheets without their comments."""

TOKENS = "front_end/tokens.css"

ENTRIES = sorted(
    path.relative_to(ROOT / "labkit").as_posix()
    for path in (ROOT / "labkit").rglob("*.js")
    if path.name == "page.js"
    or re.search(r"^export default ", path.read_text("utf-8"), re.MULTILINE)
)
"""Modules that a widget or a chat page is made from."""


@pytest.fixture
def tool(need: Callable[[str, object], None], node_modules: Path) -> Callable[..., None]:
    """Return a function that runs a command of an npm package, and fails with what it finds."""

    def run(name: str, *arguments: str, cwd: Path = ROOT) -> None:
        suffix = ".cmd" if os.name == "nt" else ""
        command = "node" if name == "node" else str(node_modules / ".bin" / f"{name}{suffix}")
        if name != "node":
            need(f"npm's {name}, of tests/package.json,", Path(command).exists())
        ended = subprocess.run(
            [command, *arguments], cwd=cwd, capture_output=True, encoding="utf-8", timeout=120
        )
        if ended.returncode:
            pytest.fail(f"{name} {' '.join(arguments)}\n{ended.stdout}\n{ended.stderr}")

    return run


@pytest.mark.exhaustive
def test_types(tool: Callable[..., None]) -> None:
    """The type checker finds nothing; it takes its types from JSDoc."""
    tool("tsc", "--project", "jsconfig.json")


@pytest.mark.exhaustive
def test_lint_and_format(tool: Callable[..., None]) -> None:
    """The linter finds nothing, no function is over 60 lines, and the format is the formatter's."""
    tool("biome", "ci", "--colors=off", "--error-on-warnings", ".")


@pytest.mark.exhaustive
def test_units(tool: Callable[..., None]) -> None:
    """The unit tests of the scripts pass; they stand beside those of Python."""
    tool("node", "--test", cwd=ROOT / "tests")


@pytest.mark.exhaustive
@pytest.mark.parametrize("entry", ENTRIES)
def test_what_is_joined_can_be_read(
    entry: str, node_modules: Path, tool: Callable[..., None], tmp_path: Path
) -> None:
    """The script of a view or a page is one module, and no name in it hides one of the browser's.

    Each module may use the browser's names, and all of them are in one scope.
    """
    joined = tmp_path / "joined.mjs"
    joined.write_text(join_modules(entry), "utf-8")
    tool("node", "--check", str(joined))
    text = joined.read_text("utf-8")
    found = re.findall(r"^(?:async )?(?:function|class|const|let) +(\w+)", text, re.MULTILINE)
    (types,) = (node_modules / "@typescript").glob("*/lib/lib.dom.d.ts")
    browser = types.read_text("utf-8")
    known = set(re.findall(r"^declare (?:var|function|const|let) (\w+)", browser, re.MULTILINE))
    assert {"name", "close", "Event"} <= known and found
    assert not set(found) & known


def test_unit_tests_stand_where_their_scripts_do() -> None:
    """`labkit/a/b.js` is tested by `tests/a/b.test.mjs`."""
    tests = [path.relative_to(ROOT / "tests") for path in _files("*.test.mjs")]
    assert len(tests) > 10
    scripts = [path.with_name(path.name.replace(".test.mjs", ".js")) for path in tests]
    assert [path for path in scripts if not (ROOT / "labkit" / path).is_file()] == []


def _files(pattern: str) -> list[Path]:
    folders = [path for path in (ROOT / "tests").iterdir() if path.name != "node_modules"]
    return [path for folder in folders for path in folder.rglob(pattern)]


@pytest.mark.parametrize("path", [path for path in STYLES if path != TOKENS])
def test_colours_stand_with_the_tokens(path: str) -> None:
    """Elsewhere a colour has a name, so that each theme and contrast is made in one place."""
    colour = r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|light-dark|color-mix)\(|\b(?:black|white)\b|--jp-"
    assert not re.findall(rf":[^;{{]*?({colour})", STYLES[path])


def test_each_token_is_declared_and_used() -> None:
    """A name that is misspelt, or that nothing uses any more, is found."""
    every = "".join(STYLES.values())
    declared = set(re.findall(r"(--lk-[\w-]+):", every))
    assert declared == set(re.findall(r"var\((--lk-[\w-]+)", every))
    assert declared == set(re.findall(r"(--lk-[\w-]+):", STYLES[TOKENS]))


def selectors(style: str) -> list[str]:
    """Return the selectors of a style sheet, each by itself."""
    heads = [head.strip() for head in re.findall(r"([^{}]+)\{", style)]
    return [
        selector.strip()
        for head in heads
        if not head.startswith("@")
        for selector in re.split(r",(?![^()]*\))", head)
    ]


def classes(selector: str) -> set[str]:
    """Return the names of classes in a selector."""
    return set(re.findall(r"\.([a-zA-Z][\w-]*)", selector))


NOTEBOOK = {path: style for path, style in STYLES.items() if not path.startswith("transports/")}
"""The style sheets that are in force together, on the page of a notebook."""


@pytest.mark.parametrize(
    "path", [path for path in NOTEBOOK if re.match(r"views/(?!shared/)|endings/", path)]
)
def test_a_view_styles_only_itself(path: str) -> None:
    """All views' sheets are in force on a page, so each selector has a class of its own view's."""
    others = {each: style for each, style in NOTEBOOK.items() if each != path}
    foreign = set().union(
        *(classes(each) for style in others.values() for each in selectors(style))
    )
    assert [each for each in selectors(NOTEBOOK[path]) if not classes(each) - foreign] == []
