"""Every command of labkit's that a page, the README or an error names works as it is printed."""

from __future__ import annotations

import ast
import functools
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest

from labkit.cli import VERBS
from labkit.commands.lab import jupyterlab_environment
from tests.conftest import ROOT

COMMAND = re.compile(r"((?:python3|py) start\.py|labkit(?= [a-z]))((?: [\w.,=\[\]-]+)*)")

MENTION = re.compile(r"start\.py|(?<!from )(?<!import )\blabkit\b(?![.\w])")
"""What is in every file of Python's that names a command; most have only imports of labkit."""

PLACES = {"VERB": "doctor", "NN": "00", "[NN": "00", "...]": ""}
"""Words that stand for others."""

HARMLESS = {
    "lab": ["--version"],
    "test": ["--collect-only", "-q"],
    "refresh": ["--help"],
    "check": ["00"],
}
"""What is added to a verb that would run for ever, run these very tests, write to the course, or
run every notebook once more: that it runs all is tested in `commands/test_check.py`."""


def texts() -> Iterator[tuple[str, str]]:
    """Give each text that a person reads, with its file: code of Markdown, and Python's strings."""
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        yield from ((path.name, code) for code in codes(path.read_text("utf-8")))
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                yield from ((path.name, code) for code in codes(cell.source))
    for path in sorted((ROOT / "labkit").rglob("*.py")):
        source = path.read_text("utf-8")
        if not MENTION.search(source):
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from ((path.name, code) for code in codes(node.value))


def codes(text: str) -> list[str]:
    """Return what stands between backquotes, and the lines of fenced blocks."""
    fenced = re.findall(r"^```\n(.*?)^```", text, re.M | re.S)
    lines = [line.partition("#")[0].strip() for block in fenced for line in block.splitlines()]
    return lines + re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)


@functools.cache
def found() -> dict[str, str]:
    """Return the commands, each with a file that names it.

    Not the examples, which `labkit python` runs: `test_examples.py` does.
    """
    named = ((file, code) for file, code in texts() if COMMAND.match(code))
    return {code: file for file, code in named if not code.startswith("labkit python ")}


def words(command: str) -> list[str]:
    """Return verb and arguments, with words that stand for others replaced."""
    match = COMMAND.fullmatch(command)
    assert match is not None, command
    return [word for word in (PLACES.get(word, word) for word in match[2].split()) if word]


def is_tried(command: str) -> bool:
    """Whether a command can be run here: not Windows', nor what installs other versions."""
    return not command.startswith("py ") and "--unpinned" not in command


def test_commands_are_found() -> None:
    """The tests below look at something, in each kind of text."""
    files = set(found().values())
    assert "README.md" in files and any(file.endswith(".ipynb") for file in files)
    assert {"labkit doctor", "labkit reset 00", "python3 start.py test"} <= found().keys()


@pytest.mark.parametrize("command", found())
def test_a_command_names_a_verb(command: str) -> None:
    """What follows `labkit` and `start.py` is a verb, or an option of start.py's."""
    rest = words(command)
    while rest and rest[0] == "--extras":
        del rest[:2]
    verbs = {*VERBS, "test"} if "start.py" in command else set(VERBS)
    assert not rest or rest[0] in verbs or ("start.py" in command and rest[0].startswith("--"))


@pytest.mark.exhaustive
@pytest.mark.skipif(os.name == "nt", reason="these are the commands of Linux and macOS")
@pytest.mark.parametrize("command", [name for name in found() if is_tried(name)])
def test_a_command_works(command: str, need: Callable[[str, object], None], tmp_path: Path) -> None:
    """As printed: start.py's in the course's folder, `labkit` as JupyterLab's terminal runs it."""
    program = command.split()[: 2 if "start.py" in command else 1]
    rest = words(command)
    verb = next((word for word in rest if word in {*VERBS, "test"}), "lab")
    own = {**os.environ, "LABKIT_COURSE": str(tmp_path)}
    if program == ["labkit"]:
        own = jupyterlab_environment(own)
    else:
        need("start.py's environment", Path(sys.prefix) == ROOT / ".venv")
        (tmp_path / "python3").symlink_to(sys.executable)  # the one that made it
        own["PATH"] = str(tmp_path)
    ended = subprocess.run(
        [*program, *rest, *(word for word in HARMLESS.get(verb, []) if word not in rest)],
        cwd=tmp_path if program == ["labkit"] else ROOT,
        env=own,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
