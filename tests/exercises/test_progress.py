"""The learner's progress: kept beside the notebooks, and never in a check's way."""

from __future__ import annotations

import json
from fnmatch import fnmatch
from pathlib import Path

import pytest

from labkit.exercises.progress import FILE, VERSION, Entry, Progress
from labkit.working_copy import UNATTENDED
from tests.conftest import ROOT


def test_it_outlives_the_kernel(working_copy: Path) -> None:
    """What one kernel recorded, another one reads."""
    Progress().record("a.b", "done")
    Progress().record("a.c", "not yet", hint=2)
    assert Progress().entries() == {"a.b": Entry("done"), "a.c": Entry("not yet", frozenset({2}))}
    assert Progress().note == ""
    assert json.loads((working_copy / FILE).read_text("utf-8"))["version"] == VERSION


def test_what_is_done_remains_done(working_copy: Path) -> None:
    """Neither a restored stub nor a new attempt, in whichever kernel, takes it back."""
    one, other = Progress(), Progress()
    one.record("a.b", "done", hint=3)
    other.record("a.b", "untouched")
    other.record("a.b", "not yet", hint=1)
    assert one.entry("a.b") == Progress().entry("a.b") == Entry("done", frozenset({1, 3}))


def test_a_file_of_version_1(working_copy: Path) -> None:
    """It kept the highest number, and so all up to it count as seen."""
    entries = {"a.b": {"state": "not yet", "hints": 2}, "a.c": {"state": "done", "hints": 0}}
    (working_copy / FILE).write_text(json.dumps({"version": 1, "exercises": entries}), "utf-8")
    progress = Progress()
    assert progress.entries() == {"a.b": Entry("not yet", frozenset({1, 2})), "a.c": Entry("done")}
    progress.record("a.b", hint=4)
    assert Progress().entry("a.b") == Entry("not yet", frozenset({1, 2, 4}))


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b"\xff\xfe", b"[" * 200_000, b'{"version": 1, "exercises": [1]}', b"7"],
)
def test_a_damaged_file_is_set_aside(working_copy: Path, damage: bytes) -> None:
    """Progress begins again, and the damaged file is kept under another name."""
    (working_copy / FILE).write_bytes(damage)
    progress = Progress()
    assert progress.entries() == {}
    progress.record("a.b", "done")
    assert Progress().entries() == {"a.b": Entry("done")}
    assert (working_copy / ".progress-damaged.json").read_bytes() == damage


def test_a_damaged_entry_costs_no_other(working_copy: Path) -> None:
    """Entries that make no sense are left out."""
    entries = {"a": {"state": "done", "hints": 0}, "b": {"state": "won", "hints": 0}, "c": None}
    content = {"version": 1, "exercises": entries}
    (working_copy / FILE).write_text(json.dumps(content), "utf-8")
    assert Progress().entries() == {"a": Entry("done")}


def test_a_newer_file_is_left_as_it_is(working_copy: Path) -> None:
    """An older labkit does not understand it; it says so, and remembers until the kernel ends."""
    content = json.dumps({"version": VERSION + 1, "exercises": "otherwise"})
    (working_copy / FILE).write_text(content, "utf-8")
    progress = Progress()
    progress.record("a.b", "done")
    assert progress.entry("a.b") == Entry("done")
    assert "newer version of labkit" in progress.note
    assert (working_copy / FILE).read_text("utf-8") == content


def test_a_folder_that_cannot_be_written(
    working_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check goes on; the board says why nothing is kept, until it can be written again."""
    progress = Progress()

    def refuse(*names: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as full:
        full.setattr("tempfile.NamedTemporaryFile", refuse)
        progress.record("a.b", "done")
    assert progress.entry("a.b") == Entry("done")
    assert "cannot be written (Permission denied)" in progress.note
    progress.record("a.c", "not yet")
    assert progress.note == ""
    assert Progress().entry("a.b") == Entry("done")


def test_nothing_is_written_where_nobody_works(
    working_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In `check`, `refresh`, nbval and CI it lasts as long as the kernel, and the board says so."""
    monkeypatch.setenv(UNATTENDED, "1")
    progress = Progress()
    progress.record("a.b", "done")
    assert progress.entry("a.b") == Entry("done")
    assert "until the kernel ends" in progress.note
    assert not (working_copy / FILE).exists()


def test_git_ignores_it() -> None:
    """Nobody's progress is committed, wherever in a clone the working copy is."""
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    for name in (FILE, ".progress-damaged.json"):
        assert any(fnmatch(name, pattern) for pattern in ignored)
