"""The working copy, seen from a kernel in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from labkit.working_copy import MANIFEST, UNATTENDED, find_working_copy, write_whole
from tests.conftest import ROOT


def test_its_folder_is_found(working_copy: Path) -> None:
    """The kernel's folder is a working copy if it holds the manifest."""
    assert find_working_copy() == working_copy


def test_the_courses_own_folder_is_none(
    working_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is ever kept beside the course's own notebooks."""
    monkeypatch.chdir(ROOT / "notebooks")
    assert find_working_copy() is None


@pytest.mark.parametrize("name", ["CI", "PYTEST_VERSION", UNATTENDED])
def test_a_program_that_runs_the_notebook_is_nobody(
    working_copy: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A build server, pytest, and labkit's own commands say so in the environment."""
    monkeypatch.setenv(name, "false")
    assert find_working_copy() == working_copy
    monkeypatch.setenv(name, "true")
    assert find_working_copy() is None


@pytest.mark.skipif(os.name == "nt", reason="Windows does not delete a folder in use")
def test_a_deleted_folder_is_none(working_copy: Path) -> None:
    """A kernel whose folder was deleted goes on."""
    (working_copy / MANIFEST).unlink()
    working_copy.rmdir()
    assert find_working_copy() is None


def test_a_file_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it cannot take the old one's place, that one stays, and nothing is left beside it."""
    path = tmp_path / "a.json"
    write_whole(path, b"old")

    def refuse(*names: object) -> None:
        raise PermissionError(13, "it is in use")

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(PermissionError):
        write_whole(path, b"new")
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"old"]
