"""A small file beside the learner's notebooks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labkit.kept_file import KeptFile


def test_it_outlives_who_wrote_it(working_copy: Path) -> None:
    """What one wrote, another one reads, with the version."""
    KeptFile(".kept.json", 3).write({"a": 1}, is_damaged=False)
    assert KeptFile(".kept.json", 3).read() == {"version": 3, "a": 1}
    assert KeptFile(".kept.json", 3).note == ""


def test_elsewhere_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written outside of a working copy, and the note says how long it is kept."""
    monkeypatch.chdir(tmp_path)
    file = KeptFile(".kept.json", 1)
    file.write({"a": 1}, is_damaged=False)
    assert file.read() == {} and not list(tmp_path.iterdir())
    assert "until the kernel ends" in file.note


@pytest.mark.parametrize("damage", [b"", b"[]", b"\xff\xfe", b"[" * 200_000, b"7"])
def test_damage_reads_as_nothing_and_is_set_aside(working_copy: Path, damage: bytes) -> None:
    """Whoever writes then keeps the damaged file under another name."""
    (working_copy / ".kept.json").write_bytes(damage)
    file = KeptFile(".kept.json", 1)
    assert file.read() == {}
    file.write({"a": 1}, is_damaged=True)
    assert (working_copy / ".kept-damaged.json").read_bytes() == damage
    assert file.read() == {"version": 1, "a": 1}


def test_a_newer_one_is_not_read(working_copy: Path) -> None:
    """It is told apart from an empty one, and the note says whose it is."""
    (working_copy / ".kept.json").write_text(json.dumps({"version": 2}), "utf-8")
    file = KeptFile(".kept.json", 1)
    assert file.read() is None
    assert "newer version of labkit" in file.note
